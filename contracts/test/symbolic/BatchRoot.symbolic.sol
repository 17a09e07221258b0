// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { BatchRootHarness } from "../utils/PlainBatchRoot.sol";
import { Symbolic } from "./Symbolic.sol";

/// @notice For every tree id and all holders of a batch of up to four records.
contract BatchRootSymbolic is Symbolic {
    BatchRootHarness internal harness = new BatchRootHarness();

    function check_root_isThePlainOneOf1(uint96 treeId) public view {
        _isPlain(treeId, 1);
    }

    function check_root_isThePlainOneOf2(uint96 treeId) public view {
        _isPlain(treeId, 2);
    }

    function check_root_isThePlainOneOf3(uint96 treeId) public view {
        _isPlain(treeId, 3);
    }

    function check_root_isThePlainOneOf4(uint96 treeId) public view {
        _isPlain(treeId, 4);
    }

    /// @notice For every length that a caller may claim: what is taken are 1 to 6,500 whole holders.
    function check_sizeOf_countsWholeHoldersUpToTheLimit(uint256 length) public view {
        bytes memory room = new bytes(131_072); // more than the largest batch
        bytes memory call = abi.encodePacked(harness.sizeOf.selector, uint256(0x20), length, room);
        (bool isTaken, bytes memory said) = address(harness).staticcall(call);
        bool isRight = length % 20 == 0 && length != 0 && length <= 20 * 6500;
        assert(isTaken == isRight);
        if (isTaken) assert(abi.decode(said, (uint256)) == length / 20);
    }

    function _isPlain(uint96 treeId, uint256 size) private view {
        bytes memory holders = svm.createBytes(20 * size, "holders");
        assert(harness.root(treeId, holders) == harness.plainRoot(treeId, holders));
    }
}
