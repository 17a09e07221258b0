// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title TreeId
/// @notice Names and their parts: tree id = lot id (8 bytes) and serial (4), lot id = programme (4)
/// and lot number (4).
library TreeId {
    function treeAt(uint64 lot, uint32 serial) internal pure returns (uint96) {
        return uint96(lot) << 32 | serial;
    }

    function lotOf(uint96 treeId) internal pure returns (uint64) {
        // forge-lint: disable-next-line(unsafe-typecast): the rest is cut off on purpose
        return uint64(treeId >> 32);
    }

    function serialOf(uint96 treeId) internal pure returns (uint32) {
        // forge-lint: disable-next-line(unsafe-typecast): the rest is cut off on purpose
        return uint32(treeId);
    }

    function programmeOf(uint64 lot) internal pure returns (uint32) {
        // forge-lint: disable-next-line(unsafe-typecast): the rest is cut off on purpose
        return uint32(lot >> 32);
    }
}
