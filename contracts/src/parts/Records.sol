// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedger } from "../interfaces/ITreeLedger.sol";
import { BatchRoot } from "../libraries/BatchRoot.sol";
import { ReasonMap } from "../libraries/ReasonMap.sol";
import { Tallies } from "../libraries/Tallies.sol";
import { TreeId } from "../libraries/TreeId.sol";
import { Lots } from "./Lots.sol";
import { Pausable } from "@openzeppelin/contracts/utils/Pausable.sol";
import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title Records
/// @notice Minting, taking back and using up records. A record itself is never stored: its batch's
/// root is, and what has happened to it since.
abstract contract Records is Lots, Pausable {
    using MerkleProof for bytes32[];
    using ReasonMap for ReasonMap.Map;
    using Tallies for Tallies.Book;
    using TreeId for uint64;
    using TreeId for uint96;

    /// @dev Tree ids plus one, so that zero says none. No serial is 2^32 - 1: none overflows.
    struct Links {
        uint96 replacedBy;
        uint96 replaces;
    }

    /// @inheritdoc ITreeLedger
    mapping(uint96 firstTreeId => bytes32 root) public rootOf;

    Tallies.Book internal _tallies;
    ReasonMap.Map private _reasons;
    mapping(uint96 treeId => Links links) private _links;
    mapping(uint96 treeId => bytes32 commitment) private _claims;

    /// @inheritdoc ITreeLedger
    function mint(uint64 lotId, uint32 firstSerial, bytes calldata holders)
        external
        whenNotPaused
        returns (bytes32 root)
    {
        Lot storage lot = _known(lotId);
        _checkRole(minterOf(lotId.programmeOf()));
        if (lot.isClosed) revert LotIsClosed(lotId);
        if (firstSerial != lot.minted) revert UnexpectedSerial(lotId, lot.minted, firstSerial);
        uint256 size = BatchRoot.sizeOf(holders);
        uint256 minted = firstSerial + size;
        if (minted > _cap(lot)) revert CapExceeded(lotId, _cap(lot), minted);

        // forge-lint: disable-next-line(unsafe-typecast): at most the cap, which is a uint32
        lot.minted = uint32(minted);
        // forge-lint: disable-next-line(unsafe-typecast): at most BatchRoot.LIMIT
        _tallies.addMinted(lotId.programmeOf(), lot.terms, uint64(size));
        uint96 firstTreeId = lotId.treeAt(firstSerial);
        root = BatchRoot.over(firstTreeId, holders);
        rootOf[firstTreeId] = root;
        emit BatchMinted(lotId, firstSerial, root, holders);
    }

    /// @inheritdoc ITreeLedger
    function revoke(uint96[] calldata treeIds, Reason reason) external {
        if (reason == Reason.NONE || reason == Reason.REPLACED) revert ReasonMissing();
        if (treeIds.length == 0) revert ZeroValue();
        uint32 run = 0; // neighbours of one lot, whose counters are then written once
        for (uint256 i = 0; i < treeIds.length; ++i) {
            uint64 lotId = treeIds[i].lotOf();
            _takeBack(treeIds[i], reason);
            emit RecordRevoked(treeIds[i], reason);
            ++run;
            if (i + 1 == treeIds.length || treeIds[i + 1].lotOf() != lotId) {
                _countRevoked(lotId, run);
                run = 0;
            }
        }
    }

    /// @inheritdoc ITreeLedger
    function replace(uint96 oldTreeId, uint96 newTreeId) external {
        _takeBack(oldTreeId, Reason.REPLACED);
        _countRevoked(oldTreeId.lotOf(), 1);
        if (newTreeId.lotOf().programmeOf() != oldTreeId.lotOf().programmeOf()) {
            revert OtherProgramme(newTreeId);
        }
        _checkLive(newTreeId);
        Links storage links = _links[newTreeId];
        if (links.replaces != 0) revert RecordIsSuccessor(newTreeId);
        links.replaces = oldTreeId + 1;
        _links[oldTreeId].replacedBy = newTreeId + 1;
        emit RecordReplaced(oldTreeId, newTreeId);
    }

    /// @inheritdoc ITreeLedger
    function claim(bytes32 commitment, uint96[] calldata treeIds) external onlyRole(REGISTRY) {
        if (commitment == 0 || treeIds.length == 0) revert ZeroValue();
        for (uint256 i = 0; i < treeIds.length; ++i) {
            uint96 treeId = treeIds[i];
            if (_checkLive(treeId).terms.unit != Unit.TREE) revert NotATree(treeId);
            if (_claims[treeId] != 0) revert RecordIsClaimed(treeId);
            _claims[treeId] = commitment;
            emit RecordClaimed(treeId, commitment);
        }
    }

    /// @inheritdoc ITreeLedger
    function release(uint96[] calldata treeIds) external onlyRole(REGISTRY) {
        if (treeIds.length == 0) revert ZeroValue();
        for (uint256 i = 0; i < treeIds.length; ++i) {
            uint96 treeId = treeIds[i];
            bytes32 commitment = _claims[treeId];
            if (commitment == 0) revert RecordNotClaimed(treeId);
            delete _claims[treeId];
            emit ClaimReleased(treeId, commitment);
        }
    }

    /// @inheritdoc ITreeLedger
    function verify(bytes32 word, uint32 firstSerial, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        // forge-lint: disable-next-line(unsafe-typecast): the first 8 bytes are the lot's
        uint64 lotId = uint64(bytes8(word));
        bytes32 root = rootOf[lotId.treeAt(firstSerial)];
        return root != 0 && proof.verifyCalldata(root, keccak256(abi.encode(word)));
    }

    /// @inheritdoc ITreeLedger
    function status(uint96 treeId) external view returns (RecordStatus memory) {
        Links storage links = _links[treeId];
        return RecordStatus({
            isMinted: _isMinted(treeId, _lots[treeId.lotOf()]),
            revoked: _reasons.get(treeId),
            replacedBy: links.replacedBy,
            replaces: links.replaces,
            claim: _claims[treeId]
        });
    }

    function _takeBack(uint96 treeId, Reason reason) private {
        _checkRole(revokerOf(treeId.lotOf().programmeOf()));
        _checkLive(treeId);
        _reasons.set(treeId, reason);
    }

    function _countRevoked(uint64 lotId, uint32 units) private {
        Lot storage lot = _lots[lotId];
        lot.revoked += units;
        _tallies.addRevoked(lotId.programmeOf(), lot.terms, units);
    }

    function _checkLive(uint96 treeId) private view returns (Lot storage lot) {
        lot = _lots[treeId.lotOf()];
        if (!_isMinted(treeId, lot)) revert RecordUnknown(treeId);
        if (_reasons.get(treeId) != Reason.NONE) revert RecordIsRevoked(treeId);
    }

    function _isMinted(uint96 treeId, Lot storage lot) private view returns (bool) {
        return treeId.serialOf() < lot.minted;
    }
}
