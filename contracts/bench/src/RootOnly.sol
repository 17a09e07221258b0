// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The least that can be done: keep the root that the issuer names.
contract RootOnly {
    address private immutable ISSUER = msg.sender;

    mapping(uint96 firstTreeId => bytes32 root) public rootOf;

    event Anchored(uint96 indexed firstTreeId, bytes32 indexed root);

    error Refused();

    function anchor(uint96 firstTreeId, bytes32 root) external {
        if (msg.sender != ISSUER || rootOf[firstTreeId] != 0) revert Refused();
        rootOf[firstTreeId] = root;
        emit Anchored(firstTreeId, root);
    }
}
