// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerErrors } from "../interfaces/ITreeLedgerErrors.sol";

/// @title BatchRoot
/// @notice The Merkle root of a batch, rebuilt from the holders in the call. The one clever place:
/// `test/utils/PlainBatchRoot.sol` says the same in plain Solidity, and forge fuzzes one against the
/// other. Assembly, because plain code costs three times the floor that EIP-7623 sets.
library BatchRoot {
    /// @notice 20 bytes each: above this a transaction outgrows the 128 KiB that nodes pass on.
    uint256 internal constant LIMIT = 6500;

    uint256 private constant HOLDER_BYTES = 20;

    /// @notice How many holders there are; reverts if they are ragged, none or too many.
    function sizeOf(bytes calldata holders) internal pure returns (uint256 size) {
        if (holders.length % HOLDER_BYTES != 0) {
            revert ITreeLedgerErrors.RaggedHolders(holders.length);
        }
        size = holders.length / HOLDER_BYTES;
        if (size == 0 || size > LIMIT) revert ITreeLedgerErrors.BatchSizeOutOfRange(size, LIMIT);
    }

    /// @notice The root over consecutive records, of which the first has tree id `firstTreeId`.
    /// @param holders as {sizeOf} takes them; the caller has called it
    function over(uint96 firstTreeId, bytes calldata holders)
        internal
        pure
        returns (bytes32 root)
    {
        uint256 size = holders.length / HOLDER_BYTES;
        // Memory-safe: it writes only to the scratch space (0x00 to 0x3f) and beyond the free
        // memory pointer, which it leaves where it was: nothing there outlives this block.
        // Bounded: `size` is at most LIMIT, so no offset overflows; each level reads its nodes
        // ahead of where it writes their parents, so none is overwritten before it was read.
        assembly ("memory-safe") {
            let nodes := mload(0x40)
            let to := nodes

            // The leaves, each pair hashed at once: they are never written down.
            let word := shl(160, firstTreeId)
            let holder := holders.offset
            let lastPair := add(nodes, shl(5, shr(1, size)))
            for { } lt(to, lastPair) { } {
                mstore(0x00, or(word, shr(96, calldataload(holder))))
                let a := keccak256(0x00, 0x20)
                word := add(word, shl(160, 1))
                mstore(0x00, or(word, shr(96, calldataload(add(holder, 20)))))
                let b := keccak256(0x00, 0x20)
                word := add(word, shl(160, 1))
                let place := shl(5, gt(a, b)) // the smaller one comes first
                mstore(place, a)
                mstore(xor(place, 0x20), b)
                mstore(to, keccak256(0x00, 0x40))
                holder := add(holder, 40)
                to := add(to, 0x20)
            }
            if and(size, 1) {
                // The load runs 12 bytes past the last holder: they are shifted out.
                mstore(0x00, or(word, shr(96, calldataload(holder))))
                mstore(to, keccak256(0x00, 0x20))
                to := add(to, 0x20)
            }

            // The levels above. `to` is where one ends; its parents start where it started.
            for { } gt(to, add(nodes, 0x20)) { } {
                let end := to
                lastPair := sub(end, 0x20)
                to := nodes
                let from := nodes
                for { } lt(from, lastPair) { from := add(from, 0x40) } {
                    let a := mload(from)
                    let b := mload(add(from, 0x20))
                    let place := shl(5, gt(a, b))
                    mstore(place, a)
                    mstore(xor(place, 0x20), b)
                    mstore(to, keccak256(0x00, 0x40))
                    to := add(to, 0x20)
                }
                if lt(from, end) {
                    mstore(to, mload(from)) // an odd node moves up unchanged
                    to := add(to, 0x20)
                }
            }

            root := mload(nodes)
        }
    }
}
