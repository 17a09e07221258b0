// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerEvents } from "../../src/interfaces/ITreeLedgerEvents.sol";
import { ITreeLedgerTypes } from "../../src/interfaces/ITreeLedgerTypes.sol";
import { BatchRootHarness } from "../utils/PlainBatchRoot.sol";
import { Vm } from "../utils/Test.sol";
import { IAccessControl } from "@openzeppelin/contracts/access/IAccessControl.sol";
import {
    IAccessControlDefaultAdminRules as IAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import { Pausable } from "@openzeppelin/contracts/utils/Pausable.sol";

/// @notice The ledger's state, rebuilt from its events and from nothing else.
contract Replay {
    struct Batch {
        uint64 lot;
        uint32 firstSerial;
        uint32 size;
        bytes32 root;
        bytes32 plainRoot;
    }

    struct Told {
        bytes32 id;
        bytes32 supersedes;
        uint64 lot;
        ITreeLedgerTypes.Stage stage;
        address inspector;
        uint64 nonce;
        uint32 oldCount;
        uint32 newCount;
    }

    /// @dev What takes effect at `schedule`, in Unix seconds; 0 for nothing.
    struct Pending {
        address admin;
        uint48 delay;
        uint48 schedule;
    }

    BatchRootHarness private immutable PLAIN = new BatchRootHarness();

    uint64[] public lotIds;
    Batch[] public batches;
    Told[] public told;
    bool public paused;
    address public successor;
    mapping(uint32 programme => bytes32) public programmeCode;
    mapping(bytes32 role => mapping(address account => bool)) public hasRole;
    mapping(uint64 lot => mapping(ITreeLedgerTypes.Stage stage => bytes32)) public statementOf;
    mapping(address inspector => uint64) public nonceOf;
    mapping(bytes32 feed => uint64) public sizeOf;
    mapping(bytes32 feed => bytes32) public rootOf;
    Pending public pendingAdmin;
    uint256 public faults; // events that contradict what came before them
    uint256 public claimedAgain; // claims of a record that was claimed, revoked or never minted

    mapping(uint64 lot => ITreeLedgerTypes.Lot) private _lots;
    mapping(uint96 treeId => ITreeLedgerTypes.RecordStatus) private _records;
    mapping(uint32 programme => mapping(bytes32 keyId => ITreeLedgerTypes.IssuerKey)) private
        _keys;
    uint48 private _delay;
    Pending private _pendingDelay;

    /// @param firstDelay what the ledger was deployed with: the constructor tells no event of it
    constructor(uint48 firstDelay) {
        _delay = firstDelay;
    }

    function take(Vm.Log[] memory logs) external {
        for (uint256 i = 0; i < logs.length; ++i) {
            _take(logs[i].topics, logs[i].data);
        }
    }

    function lots() external view returns (uint256) {
        return lotIds.length;
    }

    function batchCount() external view returns (uint256) {
        return batches.length;
    }

    function toldCount() external view returns (uint256) {
        return told.length;
    }

    function lotOf(uint64 lot) external view returns (ITreeLedgerTypes.Lot memory) {
        return _lots[lot];
    }

    function status(uint96 treeId)
        external
        view
        returns (ITreeLedgerTypes.RecordStatus memory record)
    {
        record = _records[treeId];
        record.isMinted = uint32(treeId) < _lots[uint64(treeId >> 32)].minted;
    }

    function issuerKey(uint32 programme, bytes32 keyId)
        external
        view
        returns (ITreeLedgerTypes.IssuerKey memory)
    {
        return _keys[programme][keyId];
    }

    /// @notice The delay of a change of admin, now.
    function adminDelay() public view returns (uint48) {
        uint48 schedule = _pendingDelay.schedule;
        return schedule != 0 && schedule < block.timestamp ? _pendingDelay.delay : _delay;
    }

    function _take(bytes32[] memory topics, bytes memory data) private {
        bytes32 kind = topics[0];
        if (kind == ITreeLedgerEvents.LotOpened.selector) _lotOpened(topics, data);
        else if (kind == ITreeLedgerEvents.Stated.selector) _stated(topics, data);
        else if (kind == ITreeLedgerEvents.BatchMinted.selector) _batchMinted(topics, data);
        else if (kind == ITreeLedgerEvents.RecordRevoked.selector) _recordRevoked(topics, data);
        else if (kind == ITreeLedgerEvents.RecordReplaced.selector) _recordReplaced(topics);
        else if (kind == ITreeLedgerEvents.FeedAnchored.selector) _feedAnchored(topics, data);
        else if (kind == ITreeLedgerEvents.IssuerKeySet.selector) _issuerKeySet(topics, data);
        else _takeSmall(kind, topics, data);
    }

    function _takeSmall(bytes32 kind, bytes32[] memory topics, bytes memory data) private {
        if (kind == ITreeLedgerEvents.LotClosed.selector) {
            _lots[uint64(uint256(topics[1]))].isClosed = true;
        } else if (kind == ITreeLedgerEvents.RecordClaimed.selector) {
            _recordClaimed(uint96(uint256(topics[1])), topics[2]);
        } else if (kind == ITreeLedgerEvents.ClaimReleased.selector) {
            _claimReleased(uint96(uint256(topics[1])), topics[2]);
        } else if (kind == ITreeLedgerEvents.IssuerKeyRetired.selector) {
            _issuerKeyRetired(_keys[uint32(uint256(topics[1]))][topics[2]], data);
        } else if (kind == ITreeLedgerEvents.ProgrammeOpened.selector) {
            programmeCode[uint32(uint256(topics[1]))] = abi.decode(data, (bytes32));
        } else if (kind == ITreeLedgerEvents.SuccessorNamed.selector) {
            successor = address(uint160(uint256(topics[1])));
        } else if (kind == IAccessControl.RoleGranted.selector) {
            hasRole[topics[1]][address(uint160(uint256(topics[2])))] = true;
            if (topics[1] == 0) delete pendingAdmin; // he has taken over
        } else if (kind == IAccessControl.RoleRevoked.selector) {
            hasRole[topics[1]][address(uint160(uint256(topics[2])))] = false;
        } else if (kind == Pausable.Paused.selector) {
            paused = true;
        } else if (kind == Pausable.Unpaused.selector) {
            paused = false;
        } else {
            _takeOfAdmin(kind, topics, data);
        }
    }

    function _takeOfAdmin(bytes32 kind, bytes32[] memory topics, bytes memory data) private {
        if (kind == IAdminRules.DefaultAdminTransferScheduled.selector) {
            pendingAdmin.admin = address(uint160(uint256(topics[1])));
            pendingAdmin.schedule = abi.decode(data, (uint48));
        } else if (kind == IAdminRules.DefaultAdminTransferCanceled.selector) {
            delete pendingAdmin;
        } else if (kind == IAdminRules.DefaultAdminDelayChangeScheduled.selector) {
            _delay = adminDelay();
            (_pendingDelay.delay, _pendingDelay.schedule) = abi.decode(data, (uint48, uint48));
        } else if (kind == IAdminRules.DefaultAdminDelayChangeCanceled.selector) {
            delete _pendingDelay;
        } else {
            ++faults; // an event that this replay does not know
        }
    }

    function _lotOpened(bytes32[] memory topics, bytes memory data) private {
        uint64 lot = uint64(uint256(topics[1]));
        ITreeLedgerTypes.Terms storage terms = _lots[lot].terms;
        terms.site = topics[2];
        terms.year = uint16(uint256(topics[3]));
        (terms.species, terms.unit, terms.dossier) =
            abi.decode(data, (bytes16, ITreeLedgerTypes.Unit, bytes32));
        lotIds.push(lot);
    }

    function _stated(bytes32[] memory topics, bytes memory data) private {
        Told memory one;
        one.lot = uint64(uint256(topics[1]));
        one.stage = ITreeLedgerTypes.Stage(uint256(topics[2]));
        one.inspector = address(uint160(uint256(topics[3])));
        (one.id, one.oldCount, one.newCount,,, one.supersedes, one.nonce) =
            abi.decode(data, (bytes32, uint32, uint32, uint64, bytes32, bytes32, uint64));
        told.push(one);
        if (_count(one.lot, one.stage) != one.oldCount) ++faults;
        if (statementOf[one.lot][one.stage] != one.supersedes) ++faults;
        if (nonceOf[one.inspector]++ != one.nonce) ++faults;
        statementOf[one.lot][one.stage] = one.id;

        ITreeLedgerTypes.Lot storage lot = _lots[one.lot];
        if (one.stage == ITreeLedgerTypes.Stage.ENDORSEMENT) {
            lot.endorsed = one.newCount;
        } else if (one.stage == ITreeLedgerTypes.Stage.ACCEPTANCE) {
            (lot.accepted, lot.isAccepted) = (one.newCount, true);
        } else {
            (lot.surveyed, lot.isSurveyed) = (one.newCount, true);
        }
    }

    function _count(uint64 id, ITreeLedgerTypes.Stage stage) private view returns (uint32) {
        ITreeLedgerTypes.Lot storage lot = _lots[id];
        if (stage == ITreeLedgerTypes.Stage.ENDORSEMENT) return lot.endorsed;
        return stage == ITreeLedgerTypes.Stage.ACCEPTANCE ? lot.accepted : lot.surveyed;
    }

    function _batchMinted(bytes32[] memory topics, bytes memory data) private {
        Batch memory batch;
        batch.lot = uint64(uint256(topics[1]));
        batch.firstSerial = uint32(uint256(topics[2]));
        batch.root = topics[3];
        bytes memory holders = abi.decode(data, (bytes));
        batch.size = uint32(holders.length / 20);
        batch.plainRoot = PLAIN.plainRoot(uint96(batch.lot) << 32 | batch.firstSerial, holders);
        if (_lots[batch.lot].minted != batch.firstSerial || paused) ++faults;
        _lots[batch.lot].minted += batch.size;
        batches.push(batch);
    }

    function _recordRevoked(bytes32[] memory topics, bytes memory data) private {
        uint96 treeId = uint96(uint256(topics[1]));
        _revoke(treeId, abi.decode(data, (ITreeLedgerTypes.Reason)));
    }

    function _recordReplaced(bytes32[] memory topics) private {
        (uint96 oldId, uint96 newId) = (uint96(uint256(topics[1])), uint96(uint256(topics[2])));
        _revoke(oldId, ITreeLedgerTypes.Reason.REPLACED);
        _records[oldId].replacedBy = newId + 1;
        _records[newId].replaces = oldId + 1;
    }

    function _recordClaimed(uint96 treeId, bytes32 commitment) private {
        ITreeLedgerTypes.RecordStatus memory record = this.status(treeId);
        bool isFree = record.isMinted && record.claim == 0;
        if (!isFree || record.revoked != ITreeLedgerTypes.Reason.NONE) ++claimedAgain;
        _records[treeId].claim = commitment;
    }

    function _claimReleased(uint96 treeId, bytes32 commitment) private {
        if (_records[treeId].claim != commitment) ++faults;
        delete _records[treeId].claim;
    }

    function _revoke(uint96 treeId, ITreeLedgerTypes.Reason reason) private {
        if (_records[treeId].revoked != ITreeLedgerTypes.Reason.NONE) ++faults;
        _records[treeId].revoked = reason;
        ++_lots[uint64(treeId >> 32)].revoked;
    }

    function _feedAnchored(bytes32[] memory topics, bytes memory data) private {
        bytes32 feed = topics[1];
        (uint64 oldSize, bytes32 oldRoot, uint64 newSize, bytes32 newRoot) =
            abi.decode(data, (uint64, bytes32, uint64, bytes32));
        if (sizeOf[feed] != oldSize || rootOf[feed] != oldRoot || newSize < oldSize) ++faults;
        (sizeOf[feed], rootOf[feed]) = (newSize, newRoot);
    }

    function _issuerKeyRetired(ITreeLedgerTypes.IssuerKey storage key, bytes memory data) private {
        (uint64 oldUntil, uint64 newUntil) = abi.decode(data, (uint64, uint64));
        if (key.from == 0 || key.until != oldUntil) ++faults;
        key.until = newUntil;
    }

    function _issuerKeySet(bytes32[] memory topics, bytes memory data) private {
        ITreeLedgerTypes.IssuerKey storage key = _keys[uint32(uint256(topics[1]))][topics[2]];
        if (key.from != 0) ++faults;
        (key.publicKey, key.from) = abi.decode(data, (bytes, uint64));
    }
}
