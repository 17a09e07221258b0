// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { BatchRoot } from "../../src/libraries/BatchRoot.sol";

/// @notice What {BatchRoot} computes, said plainly: the twin that it is fuzzed against.
library PlainBatchRoot {
    function over(uint96 firstTreeId, bytes calldata holders) internal pure returns (bytes32) {
        bytes32[] memory level = new bytes32[](holders.length / 20);
        for (uint256 i = 0; i < level.length; ++i) {
            bytes20 holder = bytes20(holders[20 * i:20 * i + 20]);
            level[i] = keccak256(abi.encodePacked(uint96(firstTreeId + i), holder));
        }
        while (level.length > 1) level = _parents(level);
        return level[0];
    }

    function _parents(bytes32[] memory level) private pure returns (bytes32[] memory parents) {
        parents = new bytes32[]((level.length + 1) / 2);
        for (uint256 i = 0; i < parents.length; ++i) {
            bool isOdd = 2 * i + 1 == level.length;
            parents[i] = isOdd ? level[2 * i] : _node(level[2 * i], level[2 * i + 1]);
        }
    }

    function _node(bytes32 a, bytes32 b) private pure returns (bytes32) {
        return a < b ? keccak256(abi.encodePacked(a, b)) : keccak256(abi.encodePacked(b, a));
    }
}

/// @notice Both as outside calls, since they read calldata.
contract BatchRootHarness {
    function sizeOf(bytes calldata holders) external pure returns (uint256) {
        return BatchRoot.sizeOf(holders);
    }

    function root(uint96 firstTreeId, bytes calldata holders) external pure returns (bytes32) {
        return BatchRoot.over(firstTreeId, holders);
    }

    function plainRoot(uint96 firstTreeId, bytes calldata holders)
        external
        pure
        returns (bytes32)
    {
        return PlainBatchRoot.over(firstTreeId, holders);
    }

    /// @notice The root, computed between two uses of memory that must not see each other.
    function rootAmidMemory(uint96 firstTreeId, bytes calldata holders, bytes calldata before)
        external
        pure
        returns (bytes32 root_, bool isIntact, bool isClean)
    {
        bytes memory kept = before;
        root_ = BatchRoot.over(firstTreeId, holders);
        bytes32[] memory fresh = new bytes32[](64);
        isIntact = keccak256(kept) == keccak256(before);
        isClean = keccak256(abi.encodePacked(fresh)) == keccak256(new bytes(64 * 32));
    }
}
