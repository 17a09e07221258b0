// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Holders that look like commitments: each is a hash of its seed and position.
library Holders {
    function from(bytes32 seed, uint256 count) internal pure returns (bytes memory holders) {
        holders = new bytes(20 * count + 12); // a word is written for each 20 bytes: 12 to spare
        for (uint256 i = 0; i < count; ++i) {
            bytes32 holder = bytes32(bytes20(keccak256(abi.encode(seed, i))));
            assembly ("memory-safe") {
                mstore(add(add(holders, 0x20), mul(20, i)), holder)
            }
        }
        assembly ("memory-safe") {
            mstore(holders, mul(20, count))
        }
    }

    /// @notice The record word of the holder at `position` in a batch.
    function word(bytes memory holders, uint256 position, uint96 treeId)
        internal
        pure
        returns (bytes32 word_)
    {
        assembly ("memory-safe") {
            let holder := shr(96, mload(add(add(holders, 0x20), mul(20, position))))
            word_ := or(shl(160, treeId), holder)
        }
    }
}
