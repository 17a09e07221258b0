// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { BatchRootHarness } from "../utils/PlainBatchRoot.sol";
import { Symbolic } from "./Symbolic.sol";
import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @notice What any proof can show: for all holders of a batch, every word and every proof, a proof
/// that leads to the root starts at one of the batch's own words. So no inner node, no other
/// holder, no other serial passes for a record. keccak256 is taken to be free of collisions.
contract ProofsSymbolic is Symbolic {
    using MerkleProof for bytes32[];

    uint96 internal constant FIRST = uint96(277) << 32 | 5;

    BatchRootHarness internal harness = new BatchRootHarness();

    function check_verify_provesTheOwnWordsOf1(bytes32 word, uint8 length) public view {
        _provesOwnWords(1, word, length);
    }

    function check_verify_provesTheOwnWordsOf2(bytes32 word, uint8 length) public view {
        _provesOwnWords(2, word, length);
    }

    function check_verify_provesTheOwnWordsOf3(bytes32 word, uint8 length) public view {
        _provesOwnWords(3, word, length);
    }

    function check_verify_provesTheOwnWordsOf4(bytes32 word, uint8 length) public view {
        _provesOwnWords(4, word, length);
    }

    /// @notice With proofs of every length up to one above the tree's height.
    function _provesOwnWords(uint256 size, bytes32 word, uint8 length) private view {
        vm.assume(length <= 4);
        bytes memory holders = svm.createBytes(20 * size, "holders");
        bytes32 root = harness.root(FIRST, holders);
        bytes32[] memory proof = _anyProof(length);
        if (proof.verify(root, keccak256(abi.encode(word)))) {
            assert(_isOneOf(holders, size, word));
        }
    }

    /// @notice One path for each length: a list must have a length that is known.
    function _anyProof(uint8 length) private pure returns (bytes32[] memory proof) {
        for (uint256 i = 0; i <= 4; ++i) {
            if (i == length) proof = new bytes32[](i);
        }
        for (uint256 i = 0; i < proof.length; ++i) {
            proof[i] = svm.createBytes32("sibling");
        }
    }

    function _isOneOf(bytes memory holders, uint256 size, bytes32 word)
        private
        pure
        returns (bool isOne)
    {
        for (uint256 i = 0; i < size; ++i) {
            uint256 holder;
            assembly ("memory-safe") {
                holder := shr(96, mload(add(add(holders, 0x20), mul(20, i))))
            }
            bool isThis = word == bytes32(uint256(FIRST + i) << 160 | holder);
            assembly ("memory-safe") {
                isOne := or(isOne, isThis) // no branch: paths are few enough to prove
            }
        }
    }
}
