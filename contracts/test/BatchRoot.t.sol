// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerErrors } from "../src/interfaces/ITreeLedgerErrors.sol";
import { Holders } from "./utils/Holders.sol";
import { BatchRootHarness } from "./utils/PlainBatchRoot.sol";
import { Test } from "./utils/Test.sol";

contract BatchRootTest is Test {
    BatchRootHarness internal batch = new BatchRootHarness();

    function testFuzz_root_isTheOneThatPlainSolidityGives(
        uint96 firstTreeId,
        uint256 size,
        bytes32 seed
    ) public view {
        size = bound(size, 1, 200);
        firstTreeId = uint96(bound(firstTreeId, 0, type(uint96).max - size));
        bytes memory holders = Holders.from(seed, size);
        vm.assertEq(batch.root(firstTreeId, holders), batch.plainRoot(firstTreeId, holders));
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_root_isThePlainOneUpToTheLargestBatch(uint256 size, bytes32 seed)
        public
        view
    {
        size = bound(size, 1, 6500);
        bytes memory holders = Holders.from(seed, size);
        vm.assertEq(batch.root(7 << 32, holders), batch.plainRoot(7 << 32, holders));
    }

    function test_root_isThePlainOneForEverySmallSizeAndTheLargest() public view {
        for (uint256 size = 1; size <= 66; ++size) {
            bytes memory holders = Holders.from("small", size);
            vm.assertEq(batch.root(1 << 32, holders), batch.plainRoot(1 << 32, holders));
        }
        for (uint256 size = 6499; size <= 6500; ++size) {
            bytes memory holders = Holders.from("large", size);
            vm.assertEq(batch.root(1 << 32, holders), batch.plainRoot(1 << 32, holders));
        }
    }

    function testFuzz_root_changesWithEachHolderAndTheirOrder(uint256 size, uint256 place)
        public
        view
    {
        size = bound(size, 2, 100);
        place = bound(place, 0, size - 2);
        bytes memory holders = Holders.from("order", size);
        bytes32 root = batch.root(0, holders);

        bytes memory other = Holders.from("order", size);
        other[20 * place] ^= 0x01;
        vm.assertTrue(batch.root(0, other) != root, "a holder changed");

        bytes memory swapped = Holders.from("order", size);
        for (uint256 i = 20 * place; i < 20 * place + 20; ++i) {
            (swapped[i], swapped[i + 20]) = (swapped[i + 20], swapped[i]);
        }
        vm.assertTrue(batch.root(0, swapped) != root, "two holders swapped");
        vm.assertTrue(batch.root(1, holders) != root, "serials moved by one");
        vm.assertTrue(batch.root(1 << 32, holders) != root, "another lot");
    }

    function testFuzz_root_leavesMemoryAsItWas(uint256 size, bytes calldata before) public view {
        bytes memory holders = Holders.from("memory", bound(size, 1, 300));
        (bytes32 root, bool isIntact, bool isClean) = batch.rootAmidMemory(0, holders, before);
        vm.assertEq(root, batch.root(0, holders));
        vm.assertTrue(isIntact, "what stood in memory still stands");
        vm.assertTrue(isClean, "what is allocated next is zero");
    }

    function testFuzz_sizeOf_countsWholeHolders(uint256 size) public view {
        size = bound(size, 1, 6500);
        vm.assertEq(batch.sizeOf(new bytes(20 * size)), size);
    }

    function testFuzz_sizeOf_refusesRaggedHolders(uint256 length) public {
        length = bound(length, 1, 140_000);
        vm.assume(length % 20 != 0);
        vm.expectRevert(abi.encodeWithSelector(ITreeLedgerErrors.RaggedHolders.selector, length));
        batch.sizeOf(new bytes(length));
    }

    function test_sizeOf_refusesNoneAndOneAboveTheLimit() public {
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedgerErrors.BatchSizeOutOfRange.selector, 0, 6500)
        );
        batch.sizeOf("");
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedgerErrors.BatchSizeOutOfRange.selector, 6501, 6500)
        );
        batch.sizeOf(new bytes(20 * 6501));
    }
}
