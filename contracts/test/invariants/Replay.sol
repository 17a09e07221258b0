// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedger } from "../../src/interfaces/ITreeLedger.sol";
import { BatchRootHarness } from "../utils/PlainBatchRoot.sol";
import { Vm } from "../utils/Test.sol";
import { IAccessControl } from "@openzeppelin/contracts/access/IAccessControl.sol";
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
        ITreeLedger.Stage stage;
        address inspector;
        uint64 nonce;
        uint32 oldCount;
        uint32 newCount;
    }

    BatchRootHarness private immutable PLAIN = new BatchRootHarness();

    uint64[] public lotIds;
    Batch[] public batches;
    Told[] public told;
    bool public paused;
    address public successor;
    mapping(uint32 programme => bytes32) public programmeCode;
    mapping(bytes32 role => mapping(address account => bool)) public hasRole;
    mapping(uint64 lot => mapping(ITreeLedger.Stage stage => bytes32)) public statementOf;
    mapping(address inspector => uint64) public nonceOf;
    mapping(bytes32 feed => uint64) public sizeOf;
    mapping(bytes32 feed => bytes32) public rootOf;
    uint256 public faults; // events that contradict what came before them

    mapping(uint64 lot => ITreeLedger.Lot) private _lots;
    mapping(uint96 treeId => ITreeLedger.RecordStatus) private _records;
    mapping(uint32 programme => mapping(bytes32 keyId => ITreeLedger.IssuerKey)) private _keys;

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

    function lotOf(uint64 lot) external view returns (ITreeLedger.Lot memory) {
        return _lots[lot];
    }

    function status(uint96 treeId) external view returns (ITreeLedger.RecordStatus memory record) {
        record = _records[treeId];
        record.isMinted = uint32(treeId) < _lots[uint64(treeId >> 32)].minted;
    }

    function issuerKey(uint32 programme, bytes32 keyId)
        external
        view
        returns (ITreeLedger.IssuerKey memory)
    {
        return _keys[programme][keyId];
    }

    function _take(bytes32[] memory topics, bytes memory data) private {
        bytes32 kind = topics[0];
        if (kind == ITreeLedger.LotOpened.selector) _lotOpened(topics, data);
        else if (kind == ITreeLedger.Stated.selector) _stated(topics, data);
        else if (kind == ITreeLedger.BatchMinted.selector) _batchMinted(topics, data);
        else if (kind == ITreeLedger.RecordRevoked.selector) _recordRevoked(topics, data);
        else if (kind == ITreeLedger.RecordReplaced.selector) _recordReplaced(topics);
        else if (kind == ITreeLedger.FeedAnchored.selector) _feedAnchored(topics, data);
        else if (kind == ITreeLedger.IssuerKeySet.selector) _issuerKeySet(topics, data);
        else _takeSmall(kind, topics, data);
    }

    function _takeSmall(bytes32 kind, bytes32[] memory topics, bytes memory data) private {
        if (kind == ITreeLedger.LotClosed.selector) {
            _lots[uint64(uint256(topics[1]))].isClosed = true;
        } else if (kind == ITreeLedger.RecordClaimed.selector) {
            _records[uint96(uint256(topics[1]))].claim = topics[2];
        } else if (kind == ITreeLedger.ClaimReleased.selector) {
            _records[uint96(uint256(topics[1]))].claim = 0;
        } else if (kind == ITreeLedger.IssuerKeyRetired.selector) {
            _keys[uint32(uint256(topics[1]))][topics[2]].until = abi.decode(data, (uint64));
        } else if (kind == ITreeLedger.ProgrammeOpened.selector) {
            programmeCode[uint32(uint256(topics[1]))] = abi.decode(data, (bytes32));
        } else if (kind == ITreeLedger.SuccessorNamed.selector) {
            successor = address(uint160(uint256(topics[1])));
        } else if (kind == IAccessControl.RoleGranted.selector) {
            hasRole[topics[1]][address(uint160(uint256(topics[2])))] = true;
        } else if (kind == IAccessControl.RoleRevoked.selector) {
            hasRole[topics[1]][address(uint160(uint256(topics[2])))] = false;
        } else if (kind == Pausable.Paused.selector) {
            paused = true;
        } else if (kind == Pausable.Unpaused.selector) {
            paused = false;
        } else {
            ++faults; // an event that this replay does not know
        }
    }

    function _lotOpened(bytes32[] memory topics, bytes memory data) private {
        uint64 lot = uint64(uint256(topics[1]));
        ITreeLedger.Terms storage terms = _lots[lot].terms;
        terms.site = topics[2];
        terms.year = uint16(uint256(topics[3]));
        (terms.species, terms.unit, terms.dossier) =
            abi.decode(data, (bytes16, ITreeLedger.Unit, bytes32));
        lotIds.push(lot);
    }

    function _stated(bytes32[] memory topics, bytes memory data) private {
        Told memory one;
        one.lot = uint64(uint256(topics[1]));
        one.stage = ITreeLedger.Stage(uint256(topics[2]));
        one.inspector = address(uint160(uint256(topics[3])));
        (one.id, one.oldCount, one.newCount,,, one.supersedes, one.nonce) =
            abi.decode(data, (bytes32, uint32, uint32, uint64, bytes32, bytes32, uint64));
        told.push(one);
        if (_count(one.lot, one.stage) != one.oldCount) ++faults;
        if (statementOf[one.lot][one.stage] != one.supersedes) ++faults;
        if (nonceOf[one.inspector]++ != one.nonce) ++faults;
        statementOf[one.lot][one.stage] = one.id;

        ITreeLedger.Lot storage lot = _lots[one.lot];
        if (one.stage == ITreeLedger.Stage.ENDORSEMENT) {
            lot.endorsed = one.newCount;
        } else if (one.stage == ITreeLedger.Stage.ACCEPTANCE) {
            (lot.accepted, lot.isAccepted) = (one.newCount, true);
        } else {
            (lot.surveyed, lot.isSurveyed) = (one.newCount, true);
        }
    }

    function _count(uint64 id, ITreeLedger.Stage stage) private view returns (uint32) {
        ITreeLedger.Lot storage lot = _lots[id];
        if (stage == ITreeLedger.Stage.ENDORSEMENT) return lot.endorsed;
        return stage == ITreeLedger.Stage.ACCEPTANCE ? lot.accepted : lot.surveyed;
    }

    function _batchMinted(bytes32[] memory topics, bytes memory data) private {
        Batch memory batch;
        batch.lot = uint64(uint256(topics[1]));
        batch.firstSerial = uint32(uint256(topics[2]));
        batch.root = topics[3];
        bytes memory holders = abi.decode(data, (bytes));
        batch.size = uint32(holders.length / 20);
        batch.plainRoot = PLAIN.plainRoot(uint96(batch.lot) << 32 | batch.firstSerial, holders);
        if (_lots[batch.lot].minted != batch.firstSerial) ++faults;
        _lots[batch.lot].minted += batch.size;
        batches.push(batch);
    }

    function _recordRevoked(bytes32[] memory topics, bytes memory data) private {
        uint96 treeId = uint96(uint256(topics[1]));
        _revoke(treeId, abi.decode(data, (ITreeLedger.Reason)));
    }

    function _recordReplaced(bytes32[] memory topics) private {
        (uint96 oldId, uint96 newId) = (uint96(uint256(topics[1])), uint96(uint256(topics[2])));
        _revoke(oldId, ITreeLedger.Reason.REPLACED);
        _records[oldId].replacedBy = newId + 1;
        _records[newId].replaces = oldId + 1;
    }

    function _revoke(uint96 treeId, ITreeLedger.Reason reason) private {
        if (_records[treeId].revoked != ITreeLedger.Reason.NONE) ++faults;
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

    function _issuerKeySet(bytes32[] memory topics, bytes memory data) private {
        ITreeLedger.IssuerKey storage key = _keys[uint32(uint256(topics[1]))][topics[2]];
        if (key.from != 0) ++faults;
        (key.publicKey, key.from) = abi.decode(data, (bytes, uint64));
    }
}
