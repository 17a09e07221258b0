// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerTypes } from "../src/interfaces/ITreeLedgerTypes.sol";
import { Holders } from "./utils/Holders.sol";
import { LedgerTest } from "./utils/LedgerTest.sol";
import { BatchRootHarness } from "./utils/PlainBatchRoot.sol";
import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @notice What tests/vectors/make_vectors.py wrote with Python's record and tree.
contract VectorsTest is LedgerTest {
    string internal batches;
    uint256 internal count;

    function setUp() public override {
        super.setUp();
        batches = vm.readFile("../tests/vectors/batches.json");
        while (vm.keyExistsJson(batches, _key(count, ""))) ++count;
        vm.assertGt(count, 5, "there are batches to test");
    }

    function test_theRootIsTheOneThatPythonGives() public {
        BatchRootHarness harness = new BatchRootHarness();
        for (uint256 i = 0; i < count; ++i) {
            bytes32 root = harness.root(_firstTreeId(i), _holders(i));
            vm.assertEq(root, vm.parseJsonBytes32(batches, _key(i, ".root")));
        }
    }

    function test_theWordsAreTheOnesThatPythonGives() public view {
        for (uint256 i = 0; i < count; ++i) {
            bytes32[] memory words = vm.parseJsonBytes32Array(batches, _key(i, ".words"));
            bytes memory holders = _holders(i);
            for (uint96 j = 0; j < words.length; ++j) {
                vm.assertEq(Holders.word(holders, j, _firstTreeId(i) + j), words[j]);
            }
        }
    }

    function test_everyProofOfPythonsLeadsToTheRoot() public view {
        for (uint256 i = 0; i < count; ++i) {
            bytes32 root = vm.parseJsonBytes32(batches, _key(i, ".root"));
            bytes32[] memory words = vm.parseJsonBytes32Array(batches, _key(i, ".words"));
            for (uint256 j = 0; vm.keyExistsJson(batches, _proofKey(i, j, "")); ++j) {
                bytes32 word = words[vm.parseJsonUint(batches, _proofKey(i, j, ".position"))];
                bytes32[] memory proof = _proof(i, j);
                vm.assertTrue(MerkleProof.verify(proof, root, keccak256(abi.encode(word))));
            }
        }
    }

    function test_aMintedBatchHasTheRootAndVerifiesTheProofs() public {
        uint256 minted;
        for (uint256 i = 0; i < count; ++i) {
            if (vm.parseJsonUint(batches, _key(i, ".firstSerial")) > 6500) continue;
            _mintsAndVerifies(i);
            ++minted;
        }
        vm.assertGt(minted, 5, "batches were minted");
    }

    function _mintsAndVerifies(uint256 i) private {
        uint64 lot = uint64(_firstTreeId(i) >> 32);
        uint32 first = uint32(_firstTreeId(i));
        _openFor(lot);
        if (first > ledger.lotOf(lot).minted) _mint(lot, 0, first);
        bytes memory holders = _holders(i);
        vm.prank(MINTER);
        bytes32 root = ledger.mint(lot, first, holders);
        vm.assertEq(root, vm.parseJsonBytes32(batches, _key(i, ".root")));

        bytes32[] memory words = vm.parseJsonBytes32Array(batches, _key(i, ".words"));
        for (uint256 j = 0; vm.keyExistsJson(batches, _proofKey(i, j, "")); ++j) {
            uint256 position = vm.parseJsonUint(batches, _proofKey(i, j, ".position"));
            vm.assertTrue(ledger.verify(words[position], first, _proof(i, j)));
            bytes32 other = words[position] ^ bytes32(uint256(1));
            vm.assertFalse(ledger.verify(other, first, _proof(i, j)));
            vm.assertFalse(ledger.verify(words[position], first + 1, _proof(i, j)));
        }
    }

    /// @notice Opens the vector's programme and lot, unless an earlier vector did.
    function _openFor(uint64 lot) private {
        uint32 programme = uint32(lot >> 32);
        if (ledger.programmeCode(programme) == 0) {
            vm.startPrank(ADMIN);
            ledger.openProgramme(programme, "VECTOR");
            ledger.grantRole(ledger.registrarOf(programme), REGISTRAR);
            ledger.grantRole(ledger.minterOf(programme), MINTER);
            vm.stopPrank();
        }
        if (ledger.lotOf(lot).terms.year == 0) {
            _openLot(lot, ITreeLedgerTypes.Unit.TREE);
            _state(lot, ITreeLedgerTypes.Stage.ENDORSEMENT, 100_000);
        }
    }

    function _firstTreeId(uint256 i) private view returns (uint96) {
        uint64 lot = uint64(vm.parseJsonUint(batches, _key(i, ".lot")));
        return _tree(lot, uint32(vm.parseJsonUint(batches, _key(i, ".firstSerial"))));
    }

    function _holders(uint256 i) private view returns (bytes memory) {
        return vm.parseJsonBytes(batches, _key(i, ".holders"));
    }

    function _proof(uint256 i, uint256 j) private view returns (bytes32[] memory) {
        return vm.parseJsonBytes32Array(batches, _proofKey(i, j, ".proof"));
    }

    function _key(uint256 i, string memory name) private pure returns (string memory) {
        return string.concat("$[", vm.toString(i), "]", name);
    }

    function _proofKey(uint256 i, uint256 j, string memory name)
        private
        pure
        returns (string memory)
    {
        return _key(i, string.concat(".proofs[", vm.toString(j), "]", name));
    }
}
