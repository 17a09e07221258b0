// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { TreeLedger } from "../../src/TreeLedger.sol";
import { ITreeLedger } from "../../src/interfaces/ITreeLedger.sol";
import { Holders } from "../utils/Holders.sol";
import { LedgerTest } from "../utils/LedgerTest.sol";
import { Replay } from "./Replay.sol";

/// @notice Everybody who ever calls the ledger, the honest and the thieves. For the acts that
/// matter most it foretells whether the ledger takes them; `surprises` counts where it erred, so
/// neither a hole nor a ledger that refuses everything passes unseen.
contract World is LedgerTest {
    Replay public immutable REPLAY = new Replay();
    uint64[4] internal _lots = [uint64(1) << 32 | 1, 1 << 32 | 2, 2 << 32 | 1, 2 << 32 | 2];
    address[4] internal _pool = [address(0xB1), address(0xB2), REGISTRAR, MINTER];

    uint256 public surprises;
    uint256 public stolen;
    uint256 public mintedWhilePaused;
    uint256 public mintedAboveCap;
    uint256 public mintedTooLittle;
    mapping(string act => uint256) public taken;

    constructor() {
        vm.recordLogs();
        super.setUp();
        _openOtherProgramme();
        REPLAY.take(vm.getRecordedLogs());
    }

    function setUp() public override { }

    function theLedger() external view returns (TreeLedger) {
        return ledger;
    }

    function openLot(uint256 which) external {
        uint64 lot = _lots[which % 4];
        bool isNew = ledger.lotOf(lot).terms.year == 0;
        ITreeLedger.Terms memory terms = _terms(ITreeLedger.Unit.TREE);
        if (which % 4 == 1) terms.site = "130000/805";
        if (which % 4 == 2) terms.unit = ITreeLedger.Unit.M2;
        bool isTaken = _as(REGISTRAR, abi.encodeCall(ledger.openLot, (lot, terms)));
        _foretold(isTaken, isNew, "openLot");
    }

    function closeLot(uint256 which, uint8 luck) external {
        if (luck % 16 != 0) return; // seldom, or nothing would be minted
        bool isTaken = _as(REGISTRAR, abi.encodeCall(ledger.closeLot, (_lots[which % 4])));
        if (isTaken) ++taken["closeLot"];
    }

    function state(uint256 which, uint8 stage, uint32 count, uint8 fault) external {
        ITreeLedger.Statement memory statement =
            _statement(_lots[which % 4], ITreeLedger.Stage(1 + stage % 3), count % 40);
        bytes memory signature = _signed(statement);
        if (fault % 8 == 0) statement.count += 1;
        if (fault % 8 == 1) statement.nonce += 1;
        if (fault % 8 == 2) statement.supersedes = keccak256("another");
        bool isTaken =
            _as(ANYBODY, abi.encodeCall(ledger.state, (statement, inspector, signature)));
        if (isTaken && fault % 8 < 3) ++surprises;
        if (isTaken) ++taken["state"];
    }

    function mint(uint256 which, uint8 size, uint8 fault) external {
        uint64 lot = _lots[which % 4];
        ITreeLedger.Lot memory before = ledger.lotOf(lot);
        uint32 serial = before.minted;
        if (fault % 8 == 0) serial += 1;
        if (fault % 8 == 1 && serial > 0) serial -= 1;
        uint256 count = size % 9;
        bytes memory holders = Holders.from(keccak256(abi.encode(lot, serial)), count);
        bool isRight = serial == before.minted && count > 0 && !before.isClosed
            && before.terms.year != 0 && !ledger.paused()
            && uint256(serial) + count <= ledger.capOf(lot);

        bool wasPaused = ledger.paused();
        bool isTaken = _as(MINTER, abi.encodeCall(ledger.mint, (lot, serial, holders)));
        _foretold(isTaken, isRight, "mint");
        uint256 minted = ledger.lotOf(lot).minted;
        if (wasPaused && minted != before.minted) ++mintedWhilePaused;
        if (isTaken && minted > ledger.capOf(lot)) ++mintedAboveCap;
        if (isTaken && minted != before.minted + count) ++mintedTooLittle;
    }

    function revoke(uint256 which, uint32 serial, uint8 reason) external {
        uint96 treeId = _record(which, serial);
        ITreeLedger.Reason why = ITreeLedger.Reason(reason % 7);
        bool isRight = _isLive(treeId) && why != ITreeLedger.Reason.NONE
            && why != ITreeLedger.Reason.REPLACED;
        bool isTaken = _as(REVOKER, abi.encodeCall(ledger.revoke, (_only(treeId), why)));
        _foretold(isTaken, isRight, "revoke");
    }

    function replace(uint256 which, uint32 oldSerial, uint256 other, uint32 newSerial) external {
        (uint96 oldId, uint96 newId) = (_record(which, oldSerial), _record(other, newSerial));
        bool isRight = _isLive(oldId) && _isLive(newId) && oldId != newId
            && oldId >> 64 == newId >> 64 && ledger.status(newId).replaces == 0;
        bool isTaken = _as(REVOKER, abi.encodeCall(ledger.replace, (oldId, newId)));
        _foretold(isTaken, isRight, "replace");
    }

    function claim(uint256 which, uint32 serial, bytes32 commitment) external {
        uint96 treeId = _record(which, serial);
        bool isTree = ledger.lotOf(uint64(treeId >> 32)).terms.unit == ITreeLedger.Unit.TREE;
        bool isRight =
            _isLive(treeId) && isTree && ledger.status(treeId).claim == 0 && commitment != 0;
        bool isTaken = _as(OFFICE, abi.encodeCall(ledger.claim, (commitment, _only(treeId))));
        _foretold(isTaken, isRight, "claim");
    }

    function release(uint256 which, uint32 serial) external {
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

    function issuerKey(uint8 id, bytes calldata key, uint64 from, uint64 until) external {
        bytes32 keyId = bytes32(uint256(id % 3));
        _as(REGISTRAR, abi.encodeCall(ledger.setIssuerKey, (PROGRAMME, keyId, key, from)));
        _as(REGISTRAR, abi.encodeCall(ledger.retireIssuerKey, (PROGRAMME, keyId, until)));
    }

    function pause(uint8 luck) external {
        if (ledger.paused()) _as(PAUSER, abi.encodeCall(ledger.unpause, ()));
        else if (luck % 4 == 0) _as(PAUSER, abi.encodeCall(ledger.pause, ()));
    }

    /// @notice The admin grants anything to anybody, and takes it from all but the two he needs.
    function grant(uint8 which, uint8 who, bool take) external {
        address account = take ? _pool[who % 2] : _pool[who % 4];
        bytes32 role = _role(which);
        if (take) _as(ADMIN, abi.encodeCall(ledger.revokeRole, (role, account)));
        else _as(ADMIN, abi.encodeCall(ledger.grantRole, (role, account)));
    }

    /// @notice Someone without a role tries every act, with what would pass from the right hands.
    function steal(uint256 which, uint32 serial, uint160 who) external {
        address thief = address(who);
        if (_isSomebody(thief)) return;
        uint64 lot = _lots[which % 4];
        uint96 treeId = _record(which, serial);
        bytes[] memory acts = new bytes[](13);
        acts[0] = abi.encodeCall(ledger.mint, (lot, ledger.lotOf(lot).minted, new bytes(20)));
        acts[1] = abi.encodeCall(ledger.revoke, (_only(treeId), ITreeLedger.Reason.ERROR));
        acts[2] = abi.encodeCall(ledger.replace, (treeId, treeId ^ 1));
        acts[3] = abi.encodeCall(ledger.claim, (keccak256("mine"), _only(treeId)));
        acts[4] = abi.encodeCall(ledger.release, (_only(treeId)));
        acts[5] = abi.encodeCall(ledger.anchor, ("registry", 1000, "mine"));
        acts[6] = abi.encodeCall(ledger.openLot, (lot ^ 8, _terms(ITreeLedger.Unit.TREE)));
        acts[7] = abi.encodeCall(ledger.closeLot, (lot));
        acts[8] = abi.encodeCall(ledger.setIssuerKey, (PROGRAMME, "mine", hex"01", 1));
        acts[9] = abi.encodeCall(ledger.pause, ());
        acts[10] = abi.encodeCall(ledger.nameSuccessor, (thief));
        acts[11] = abi.encodeCall(ledger.grantRole, (ledger.minterOf(PROGRAMME), thief));
        acts[12] = abi.encodeCall(ledger.openProgramme, (9, "MINE"));
        for (uint256 i = 0; i < acts.length; ++i) {
            if (_as(thief, acts[i])) ++stolen;
        }
        _steal(thief, lot);
    }

    /// @notice A thief states what no inspector signed.
    function _steal(address thief, uint64 lot) private {
        ITreeLedger.Statement memory statement =
            _statement(lot, ITreeLedger.Stage.ENDORSEMENT, 1000);
        bytes memory signature = _sign(uint256(keccak256("thief")), _digest(statement));
        if (_as(thief, abi.encodeCall(ledger.state, (statement, inspector, signature)))) ++stolen;
        vm.deal(thief, 1);
        vm.prank(thief);
        (bool isTaken,) = address(ledger).call{ value: 1 }("");
        if (isTaken) ++stolen;
    }

    /// @notice Which of the three duties an address holds, over all programmes.
    function duties(address account)
        external
        view
        returns (bool inspects, bool registers, bool mints)
    {
        inspects = ledger.hasRole(ledger.INSPECTOR(), account);
        registers = ledger.hasRole(ledger.registrarOf(1), account)
            || ledger.hasRole(ledger.registrarOf(2), account);
        mints = ledger.hasRole(ledger.minterOf(1), account)
            || ledger.hasRole(ledger.minterOf(2), account);
    }

    function everybody() external view returns (address[12] memory) {
        return [
            ADMIN,
            REGISTRAR,
            MINTER,
            REVOKER,
            OFFICE,
            MIRROR,
            PAUSER,
            ANYBODY,
            inspector,
            _pool[0],
            _pool[1],
            address(ledger)
        ];
    }

    function roles() public view returns (bytes32[8] memory) {
        return [
            ledger.INSPECTOR(),
            ledger.registrarOf(1),
            ledger.registrarOf(2),
            ledger.minterOf(1),
            ledger.minterOf(2),
            ledger.revokerOf(1),
            ledger.PAUSER(),
            bytes32("unknown")
        ];
    }

    /// @notice The first record of the batch that {mint} minted at this serial.
    function wordOf(uint64 lot, uint32 serial) external pure returns (bytes32) {
        bytes memory holders = Holders.from(keccak256(abi.encode(lot, serial)), 1);
        return Holders.word(holders, 0, _tree(lot, serial));
    }

    /// @notice Makes the call and lets the replay see what it told. Forge also records the events
    /// of a call that was refused: those never happened.
    function _as(address who, bytes memory call) private returns (bool isTaken) {
        vm.recordLogs();
        vm.prank(who);
        (isTaken,) = address(ledger).call(call);
        if (isTaken) REPLAY.take(vm.getRecordedLogs());
    }

    function _foretold(bool isTaken, bool isRight, string memory act) private {
        if (isTaken != isRight) ++surprises;
        if (isTaken) ++taken[act];
    }

    /// @notice A record that is minted, or now and then the one after the last.
    function _record(uint256 which, uint32 serial) private view returns (uint96) {
        uint64 lot = _lots[which % 4];
        return _tree(lot, serial % (ledger.lotOf(lot).minted + 1));
    }

    function _isLive(uint96 treeId) private view returns (bool) {
        ITreeLedger.RecordStatus memory record = ledger.status(treeId);
        return record.isMinted && record.revoked == ITreeLedger.Reason.NONE;
    }

    function _isSomebody(address who) private view returns (bool) {
        for (uint256 i = 0; i < 11; ++i) {
            if (this.everybody()[i] == who) return true;
        }
        return false;
    }

    function _role(uint8 which) private view returns (bytes32) {
        return roles()[which % 8];
    }
}
