// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { BatchRootHarness } from "../utils/PlainBatchRoot.sol";
import { Symbolic } from "./Symbolic.sol";
import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @notice What a proof can show, for all holders of a batch: each record's own proof leads to the
/// root; and of every word and every proof of a length, one that leads to the root starts at one of
/// the batch's own words. So no inner node, no other holder, no other serial passes for a record.
/// keccak256 is taken to be free of collisions.
contract ProofsSymbolic is Symbolic {
    using MerkleProof for bytes32[];

    uint96 internal constant FIRST = uint96(277) << 32 | 5;

    BatchRootHarness internal harness = new BatchRootHarness();

    function check_verify_takesTheProofOf0In1() public view {
        _takesProof(1, 0);
    }

    function check_verify_takesTheProofOf0In2() public view {
        _takesProof(2, 0);
    }

    function check_verify_takesTheProofOf1In2() public view {
        _takesProof(2, 1);
    }

    function check_verify_takesTheProofOf0In3() public view {
        _takesProof(3, 0);
    }

    function check_verify_takesTheProofOf1In3() public view {
        _takesProof(3, 1);
    }

    function check_verify_takesTheProofOf2In3() public view {
        _takesProof(3, 2);
    }

    function check_verify_takesTheProofOf0In4() public view {
        _takesProof(4, 0);
    }

    function check_verify_takesTheProofOf1In4() public view {
        _takesProof(4, 1);
    }

    function check_verify_takesTheProofOf2In4() public view {
        _takesProof(4, 2);
    }

    function check_verify_takesTheProofOf3In4() public view {
        _takesProof(4, 3);
    }

    function check_verify_provesTheOwnWordsOf1With0(bytes32 word) public view {
        _provesOwnWords(1, word, 0);
    }

    function check_verify_provesTheOwnWordsOf1With1(bytes32 word) public view {
        _provesOwnWords(1, word, 1);
    }

    function check_verify_provesTheOwnWordsOf1With2(bytes32 word) public view {
        _provesOwnWords(1, word, 2);
    }

    function check_verify_provesTheOwnWordsOf2With0(bytes32 word) public view {
        _provesOwnWords(2, word, 0);
    }

    function check_verify_provesTheOwnWordsOf2With1(bytes32 word) public view {
        _provesOwnWords(2, word, 1);
    }

    function check_verify_provesTheOwnWordsOf2With2(bytes32 word) public view {
        _provesOwnWords(2, word, 2);
    }

    function check_verify_provesTheOwnWordsOf3With0(bytes32 word) public view {
        _provesOwnWords(3, word, 0);
    }

    function check_verify_provesTheOwnWordsOf3With1(bytes32 word) public view {
        _provesOwnWords(3, word, 1);
    }

    function check_verify_provesTheOwnWordsOf3With2(bytes32 word) public view {
        _provesOwnWords(3, word, 2);
    }

    function check_verify_provesTheOwnWordsOf3With3(bytes32 word) public view {
        _provesOwnWords(3, word, 3);
    }

    function check_verify_provesTheOwnWordsOf4With0(bytes32 word) public view {
        _provesOwnWords(4, word, 0);
    }

    function check_verify_provesTheOwnWordsOf4With1(bytes32 word) public view {
        _provesOwnWords(4, word, 1);
    }

    function check_verify_provesTheOwnWordsOf4With2(bytes32 word) public view {
        _provesOwnWords(4, word, 2);
    }

    /// @notice The record's own siblings, as the tree is drawn, lead to the root.
    function _takesProof(uint256 size, uint256 place) private view {
        bytes memory holders = svm.createBytes(20 * size, "holders");
        bytes32 word = _word(holders, place);
        if (size == 1) assert(_verifies(holders, word, new bytes32[](0)));
        else assert(_verifies(holders, word, _siblings(holders, size, place)));
    }

    /// @notice Of 2 to 4 records; the last of 3 has no sibling on its own level.
    function _siblings(bytes memory holders, uint256 size, uint256 place)
        private
        pure
        returns (bytes32[] memory list)
    {
        bool isOdd = place ^ 1 >= size;
        list = new bytes32[](isOdd || size == 2 ? 1 : 2);
        if (!isOdd) list[0] = _leaf(_word(holders, place ^ 1));
        if (size > 2) list[list.length - 1] = _pair(holders, size, place < 2 ? 2 : 0);
    }

    /// @notice The node over two records from `first`; over the last of 3, its leaf itself.
    function _pair(bytes memory holders, uint256 size, uint256 first)
        private
        pure
        returns (bytes32)
    {
        bytes32 leaf = _leaf(_word(holders, first));
        return first + 1 == size ? leaf : _node(leaf, _leaf(_word(holders, first + 1)));
    }

    /// @notice Whatever the siblings: a proof of `length` of them starts at a word of the batch.
    function _provesOwnWords(uint256 size, bytes32 word, uint256 length) private view {
        bytes memory holders = svm.createBytes(20 * size, "holders");
        bytes32[] memory proof = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) {
            proof[i] = svm.createBytes32("sibling");
        }
        if (_verifies(holders, word, proof)) assert(_isOneOf(holders, size, word));
    }

    /// @notice As {Records-verify} does, given the root that {Records-mint} keeps.
    function _verifies(bytes memory holders, bytes32 word, bytes32[] memory proof)
        private
        view
        returns (bool)
    {
        return proof.verify(harness.root(FIRST, holders), _leaf(word));
    }

    function _isOneOf(bytes memory holders, uint256 size, bytes32 word)
        private
        pure
        returns (bool isOne)
    {
        for (uint256 i = 0; i < size; ++i) {
            bool isThis = word == _word(holders, i);
            assembly ("memory-safe") {
                isOne := or(isOne, isThis) // no branch: paths are few enough to prove
            }
        }
    }

    function _word(bytes memory holders, uint256 place) private pure returns (bytes32) {
        uint256 holder;
        assembly ("memory-safe") {
            holder := shr(96, mload(add(add(holders, 0x20), mul(20, place))))
        }
        return bytes32(uint256(FIRST + place) << 160 | holder);
    }

    function _leaf(bytes32 word) private pure returns (bytes32) {
        return keccak256(abi.encode(word));
    }

    /// @notice The smaller one first, without a branch.
    function _node(bytes32 a, bytes32 b) private pure returns (bytes32 node) {
        assembly ("memory-safe") {
            let differ := and(xor(a, b), sub(0, gt(a, b)))
            mstore(0x00, xor(a, differ))
            mstore(0x20, xor(b, differ))
            node := keccak256(0x00, 0x40)
        }
    }
}
