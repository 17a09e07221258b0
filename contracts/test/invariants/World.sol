// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { TreeLedger } from "../../src/TreeLedger.sol";
import { ITreeLedgerTypes } from "../../src/interfaces/ITreeLedgerTypes.sol";
import { Season } from "../../src/libraries/Season.sol";
import { Holders } from "../utils/Holders.sol";
import { PlainProof } from "./PlainProof.sol";
import { Thieves } from "./Thieves.sol";

/// @notice Everybody who ever calls the ledger, the honest and the thieves. It foretells whether the
/// ledger takes an act; `surprises` counts where it erred, so neither a hole nor a ledger that
/// refuses everything passes unseen.
contract World is Thieves {
    uint256 public mintedWhilePaused;
    uint256 public mintedAboveCap;
    uint256 public mintedTooLittle;
    uint256 public verdictsChanged; // by a pause or its end

    constructor() {
        vm.recordLogs();
        _begin();
        _openOtherProgramme();
        REPLAY.take(vm.getRecordedLogs());
        for (uint256 i = 0; i < 4; ++i) {
            _settle(i);
        }
    }

    function theLedger() external view returns (TreeLedger) {
        return ledger;
    }

    function openLot(uint256 which) external {
        which = _any(which);
        uint64 lot = _lots[which % 6];
        bool isNew = ledger.lotOf(lot).terms.year == 0;
        bool isTaken = _as(REGISTRAR, abi.encodeCall(ledger.openLot, (lot, _termsOf(which % 6))));
        _foretold(isTaken, isNew, "openLot");
    }

    function closeLot(uint256 which, uint8 luck) external {
        if (luck % 16 != 0) return; // seldom, or nothing would be minted
        ITreeLedgerTypes.Lot memory lot = ledger.lotOf(_lots[which % 6]);
        bool isTaken = _as(REGISTRAR, abi.encodeCall(ledger.closeLot, (_lots[which % 6])));
        _foretold(isTaken, lot.terms.year != 0 && !lot.isClosed, "closeLot");
    }

    function state(uint256 which, uint8 stage, uint32 count, uint8 fault) external {
        (which, fault) = (_any(which), uint8(_any(fault)));
        ITreeLedgerTypes.Statement memory statement =
            _statement(_lots[which % 6], ITreeLedgerTypes.Stage(1 + stage % 3), count % 60);
        bool isRight = _isInOrder(statement) && fault % 8 > 2;
        bytes memory signature = _signed(statement);
        if (fault % 8 == 0) statement.count += 1;
        if (fault % 8 == 1) statement.nonce += 1;
        if (fault % 8 == 2) statement.supersedes = keccak256("another");
        bytes memory call = abi.encodeCall(ledger.state, (statement, inspector, signature));
        bool isTaken = _as(ANYBODY, call);
        _foretold(isTaken, isRight, "state");
        if (isTaken) _lastStatement = call;
    }

    function mint(uint256 which, uint8 size, uint8 fault) external {
        (which, size, fault) = (_any(which), uint8(_any(size)), uint8(_any(fault)));
        uint64 lot = _lots[which % 6];
        ITreeLedgerTypes.Lot memory before = ledger.lotOf(lot);
        uint32 serial = before.minted;
        if (fault % 8 == 0) serial += 1;
        if (fault % 8 == 1 && serial > 0) serial -= 1;
        uint256 count = size % 9;
        bytes memory holders = _holders(lot, serial, count);
        bool isRight = serial == before.minted && count > 0 && !before.isClosed
            && before.terms.year != 0 && !ledger.paused()
            && uint256(serial) + count <= ledger.capOf(lot);

        bool wasPaused = ledger.paused();
        bytes memory call = abi.encodeCall(ledger.mint, (lot, serial, holders));
        bool isTaken = _as(MINTER, call);
        _foretold(isTaken, isRight, "mint");
        if (isTaken) _lastMint = call;
        uint256 minted = ledger.lotOf(lot).minted;
        if (wasPaused && minted != before.minted) ++mintedWhilePaused;
        if (isTaken && minted > ledger.capOf(lot)) ++mintedAboveCap;
        if (isTaken && minted != before.minted + count) ++mintedTooLittle;
    }

    function revoke(uint256 which, uint32 serial, uint8 reason) external {
        (which, serial) = (_any(which), uint32(_any(serial)));
        uint96 treeId = _record(which, serial);
        ITreeLedgerTypes.Reason why = ITreeLedgerTypes.Reason(reason % 7);
        bool isRight = _isLive(treeId) && why != ITreeLedgerTypes.Reason.NONE
            && why != ITreeLedgerTypes.Reason.REPLACED;
        bool isTaken = _as(REVOKER, abi.encodeCall(ledger.revoke, (_only(treeId), why)));
        _foretold(isTaken, isRight, "revoke");
    }

    function replace(uint256 which, uint32 oldSerial, uint256 other, uint32 newSerial) external {
        (which, oldSerial) = (_any(which), uint32(_any(oldSerial)));
        (other, newSerial) = (which + other % 2, uint32(_any(newSerial)));
        (uint96 oldId, uint96 newId) = (_record(which, oldSerial), _record(other, newSerial));
        bool isRight = _isLive(oldId) && _isLive(newId) && oldId != newId
            && oldId >> 64 == newId >> 64 && ledger.status(newId).replaces == 0;
        bool isTaken = _as(REVOKER, abi.encodeCall(ledger.replace, (oldId, newId)));
        _foretold(isTaken, isRight, "replace");
    }

    function claim(uint256 which, uint32 serial, bytes32 commitment) external {
        (which, serial) = (_any(which), uint32(_any(serial)));
        uint96 treeId = _record(which, serial);
        bool isTree = ledger.lotOf(uint64(treeId >> 32)).terms.unit == ITreeLedgerTypes.Unit.TREE;
        bool isRight =
            _isLive(treeId) && isTree && ledger.status(treeId).claim == 0 && commitment != 0;
        bool isTaken = _as(OFFICE, abi.encodeCall(ledger.claim, (commitment, _only(treeId))));
        _foretold(isTaken, isRight, "claim");
    }

    function release(uint256 which, uint32 serial) external {
        (which, serial) = (_any(which), uint32(_any(serial)));
        uint96 treeId = _record(which, serial);
        bool isRight = ledger.status(treeId).claim != 0;
        bool isTaken = _as(OFFICE, abi.encodeCall(ledger.release, (_only(treeId))));
        _foretold(isTaken, isRight, "release");
    }

    function anchor(bool other, uint64 size, bytes32 root) external {
        bytes32 feed = other ? bytes32("other") : bytes32("registry");
        (uint64 oldSize, bytes32 oldRoot) = ledger.feedHead(feed);
        size %= 50;
        bool isRight =
            size > 0 && root != 0 && (size > oldSize || (size == oldSize && root == oldRoot));
        bool isTaken = _as(MIRROR, abi.encodeCall(ledger.anchor, (feed, size, root)));
        _foretold(isTaken, isRight, "anchor");
    }

    function setIssuerKey(uint8 id, bytes calldata key, uint64 from) external {
        bytes32 keyId = bytes32(uint256(id % 4));
        bool isNew = ledger.issuerKey(PROGRAMME, keyId).from == 0;
        bool isRight = isNew && keyId != 0 && key.length > 0 && from > 0;
        bytes memory call = abi.encodeCall(ledger.setIssuerKey, (PROGRAMME, keyId, key, from));
        _foretold(_as(REGISTRAR, call), isRight, "setIssuerKey");
    }

    function retireIssuerKey(uint8 id, uint64 until) external {
        bytes32 keyId = bytes32(uint256(id % 4));
        ITreeLedgerTypes.IssuerKey memory key = ledger.issuerKey(PROGRAMME, keyId);
        bool isRight = key.from > 0 && until > 0 && (key.until == 0 || until < key.until);
        bytes memory call = abi.encodeCall(ledger.retireIssuerKey, (PROGRAMME, keyId, until));
        _foretold(_as(REGISTRAR, call), isRight, "retireIssuerKey");
    }

    /// @notice What can be verified is the same in the breath before a pause and after it.
    function pause(uint8 luck) external {
        luck = uint8(_any(luck));
        bytes32 before = verdicts();
        if (ledger.paused()) {
            _foretold(_as(PAUSER, abi.encodeCall(ledger.unpause, ())), true, "unpause");
        } else if (luck % 4 == 0) {
            _foretold(_as(PAUSER, abi.encodeCall(ledger.pause, ())), true, "pause");
        }
        if (verdicts() != before) ++verdictsChanged;
    }

    /// @notice What the ledger says of one record in each batch, with its proof, and of its status.
    function verdicts() public view returns (bytes32 all) {
        for (uint256 i = 0; i < REPLAY.batchCount(); ++i) {
            (bool isProven, uint96 treeId) = proves(i, i);
            all = keccak256(abi.encode(all, isProven, ledger.status(treeId)));
        }
    }

    /// @notice Whether a record of a batch is proven, by the proof that plain Solidity finds.
    function proves(uint256 batch, uint256 position) public view returns (bool, uint96 treeId) {
        (uint64 lot, uint32 first, uint32 size,,) = REPLAY.batches(batch);
        bytes memory holders = _holders(lot, first, size);
        treeId = _tree(lot, first) + uint96(position % size);
        (bytes32 word, bytes32[] memory proof) =
            PlainProof.find(_tree(lot, first), holders, position % size);
        return (ledger.verify(word, first, proof), treeId);
    }

    /// @notice The first lots hold records from the start, so that every act finds some.
    function _settle(uint256 which) private {
        uint64 lot = _lots[which];
        _as(REGISTRAR, abi.encodeCall(ledger.openLot, (lot, _termsOf(which))));
        ITreeLedgerTypes.Statement memory statement =
            _statement(lot, ITreeLedgerTypes.Stage.ENDORSEMENT, 30);
        _as(ANYBODY, abi.encodeCall(ledger.state, (statement, inspector, _signed(statement))));
        _as(MINTER, abi.encodeCall(ledger.mint, (lot, 0, _holders(lot, 0, 5))));
    }

    /// @notice Trees of two sites, two years and two species, and one lot of each other unit.
    function _termsOf(uint256 which) private pure returns (ITreeLedgerTypes.Terms memory terms) {
        terms = _terms(ITreeLedgerTypes.Unit.TREE);
        if (which == 1) terms.site = "130000/805";
        if (which == 2) terms.unit = ITreeLedgerTypes.Unit.PLANT;
        if (which == 3) terms.unit = ITreeLedgerTypes.Unit.M2;
        if (which == 5) (terms.year, terms.species) = (YEAR + 1, "POPLAR");
    }

    /// @notice What {mint} minted at this serial.
    function _holders(uint64 lot, uint32 serial, uint256 count)
        private
        pure
        returns (bytes memory)
    {
        return Holders.from(keccak256(abi.encode(lot, serial)), count);
    }

    function _isInOrder(ITreeLedgerTypes.Statement memory statement) private view returns (bool) {
        ITreeLedgerTypes.Lot memory lot = ledger.lotOf(statement.lot);
        ITreeLedgerTypes.Stage stage = statement.stage;
        if (lot.terms.year == 0) return false;
        uint16 year = lot.terms.year;
        if (stage == ITreeLedgerTypes.Stage.ENDORSEMENT) {
            return statement.inspectedAt < Season.endOf(year);
        }
        if (statement.inspectedAt < Season.startOf(year)) return false;
        bytes32 before =
            ledger.statementOf(statement.lot, ITreeLedgerTypes.Stage(uint8(stage) - 1));
        return before != 0;
    }

    /// @notice A record that is minted, or now and then the one after the last.
    function _record(uint256 which, uint32 serial) private view returns (uint96) {
        uint64 lot = _lots[which % 6];
        return _tree(lot, serial % (ledger.lotOf(lot).minted + 1));
    }

    function _isLive(uint96 treeId) private view returns (bool) {
        ITreeLedgerTypes.RecordStatus memory record = ledger.status(treeId);
        return record.isMinted && record.revoked == ITreeLedgerTypes.Reason.NONE;
    }
}
