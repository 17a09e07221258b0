// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Holders } from "../utils/Holders.sol";

/// @notice The proof of one record of a batch, said plainly.
library PlainProof {
    /// @return word the record at `position`
    /// @return proof the siblings from its leaf up to the root
    function find(uint96 firstTreeId, bytes memory holders, uint256 position)
        internal
        pure
        returns (bytes32 word, bytes32[] memory proof)
    {
        word = Holders.word(holders, position, firstTreeId + uint96(position));
        bytes32[] memory level = new bytes32[](holders.length / 20);
        for (uint256 i = 0; i < level.length; ++i) {
            level[i] = keccak256(abi.encode(Holders.word(holders, i, firstTreeId + uint96(i))));
        }
        while (level.length > 1) {
            uint256 sibling = position ^ 1;
            if (sibling < level.length) proof = _with(proof, level[sibling]);
            level = _parents(level);
            position /= 2;
        }
    }

    function _parents(bytes32[] memory level) private pure returns (bytes32[] memory parents) {
        parents = new bytes32[]((level.length + 1) / 2);
        for (uint256 i = 0; i < parents.length; ++i) {
            bytes32 a = level[2 * i];
            if (2 * i + 1 == level.length) {
                parents[i] = a;
                continue;
            }
            bytes32 b = level[2 * i + 1];
            parents[i] = a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
        }
    }

    function _with(bytes32[] memory proof, bytes32 last)
        private
        pure
        returns (bytes32[] memory longer)
    {
        longer = new bytes32[](proof.length + 1);
        for (uint256 i = 0; i < proof.length; ++i) {
            longer[i] = proof[i];
        }
        longer[proof.length] = last;
    }
}
