// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { LedgerTest } from "../utils/LedgerTest.sol";
import { Replay } from "./Replay.sol";

/// @notice The admin's acts, and how an act is made: foretold, called, told to the replay.
abstract contract Office is LedgerTest {
    Replay public immutable REPLAY = new Replay(1 days);
    address internal _admin = ADMIN; // or ANYBODY, once he has taken over

    uint256 public surprises;
    mapping(string act => uint256) public taken;

    function openProgramme(uint8 which, bytes32 code, uint8 luck) external {
        uint32 programme = 1 + which % 6;
        if (luck % 8 == 0) code = 0;
        bool isRight = code != 0 && ledger.programmeCode(programme) == 0;
        bool isTaken = _as(_admin, abi.encodeCall(ledger.openProgramme, (programme, code)));
        _foretold(isTaken, isRight, "openProgramme");
    }

    function nameSuccessor(address next, uint8 luck) external {
        if (luck % 8 != 0) return; // it is named once: let it not always be at the beginning
        bool isRight = next != address(0) && ledger.successor() == address(0);
        bool isTaken = _as(_admin, abi.encodeCall(ledger.nameSuccessor, (next)));
        _foretold(isTaken, isRight, "nameSuccessor");
    }

    /// @notice The admin hands over, or thinks better of it; the delay passes now and then.
    function changeAdmin(uint8 luck) external {
        address other = _admin == ADMIN ? ANYBODY : ADMIN;
        (address pending, uint48 schedule) = ledger.pendingDefaultAdmin();
        if (luck % 4 == 0) vm.warp(block.timestamp + 1 days);
        bool isRight = pending == other && schedule < block.timestamp;
        bool isTaken = _as(other, abi.encodeCall(ledger.acceptDefaultAdminTransfer, ()));
        _foretold(isTaken, isRight, "changeAdmin");
        if (isTaken) {
            _admin = other;
        } else if (pending == address(0) || luck % 8 == 1) {
            _as(_admin, abi.encodeCall(ledger.beginDefaultAdminTransfer, (other)));
        } else if (luck % 8 == 2) {
            _as(_admin, abi.encodeCall(ledger.cancelDefaultAdminTransfer, ()));
        }
    }

    function changeDelay(uint48 delay, uint8 luck) external {
        delay = 1 hours + delay % 2 days;
        if (luck % 2 == 0) {
            _as(_admin, abi.encodeCall(ledger.rollbackDefaultAdminDelay, ()));
        } else if (_as(_admin, abi.encodeCall(ledger.changeDefaultAdminDelay, (delay)))) {
            ++taken["changeDelay"];
        }
    }

    /// @notice Makes the call and lets the replay see what it told. Forge also records the events
    /// of a call that was refused: those never happened.
    function _as(address who, bytes memory call) internal returns (bool isTaken) {
        vm.recordLogs();
        vm.prank(who);
        (isTaken,) = address(ledger).call(call);
        if (isTaken) REPLAY.take(vm.getRecordedLogs());
    }

    function _foretold(bool isTaken, bool isRight, string memory act) internal {
        if (isTaken != isRight) ++surprises;
        if (isTaken) ++taken[act];
    }
}
