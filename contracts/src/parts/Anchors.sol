// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedger } from "../interfaces/ITreeLedger.sol";
import { Lots } from "./Lots.sol";

/// @title Anchors
/// @notice What a verifier needs beside the records: the heads of mirrored feeds, and the keys that
/// sign a programme's credentials, with their history.
abstract contract Anchors is Lots {
    struct Head {
        uint64 size;
        bytes32 root;
    }

    mapping(bytes32 feed => Head head) private _heads;
    mapping(uint32 programme => mapping(bytes32 keyId => IssuerKey key)) private _keys;

    /// @inheritdoc ITreeLedger
    function anchor(bytes32 feed, uint64 size, bytes32 root) external onlyRole(MIRROR) {
        if (feed == 0 || size == 0 || root == 0) revert ZeroValue();
        Head memory old = _heads[feed];
        if (size < old.size) revert FeedShrinks(feed, old.size, size);
        if (size == old.size && root != old.root) revert FeedRootChanges(feed, size);
        _heads[feed] = Head({ size: size, root: root });
        emit FeedAnchored(feed, old.size, old.root, size, root);
    }

    /// @inheritdoc ITreeLedger
    function setIssuerKey(uint32 programme, bytes32 keyId, bytes calldata publicKey, uint64 from)
        external
    {
        _onlyRegistrarOf(programme);
        if (keyId == 0 || publicKey.length == 0 || from == 0) revert ZeroValue();
        IssuerKey storage key = _keys[programme][keyId];
        if (key.from != 0) revert KeyExists(programme, keyId);
        key.publicKey = publicKey;
        key.from = from;
        emit IssuerKeySet(programme, keyId, publicKey, from);
    }

    /// @inheritdoc ITreeLedger
    function retireIssuerKey(uint32 programme, bytes32 keyId, uint64 until) external {
        _onlyRegistrarOf(programme);
        if (until == 0) revert ZeroValue();
        IssuerKey storage key = _keys[programme][keyId];
        if (key.from == 0) revert KeyUnknown(programme, keyId);
        // A stolen key must be stoppable before the day that was planned for it.
        if (key.until != 0 && until >= key.until) revert KeyIsRetired(programme, keyId);
        emit IssuerKeyRetired(programme, keyId, key.until, until);
        key.until = until;
    }

    /// @inheritdoc ITreeLedger
    function feedHead(bytes32 feed) external view returns (uint64 size, bytes32 root) {
        Head storage head = _heads[feed];
        return (head.size, head.root);
    }

    /// @inheritdoc ITreeLedger
    function issuerKey(uint32 programme, bytes32 keyId) external view returns (IssuerKey memory) {
        return _keys[programme][keyId];
    }
}
