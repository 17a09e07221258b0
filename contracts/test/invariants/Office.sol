// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { LedgerBase } from "../utils/LedgerTest.sol";
import { Replay } from "./Replay.sol";

/// @notice The admin's acts, and how an act is made: foretold, called, told to the replay.
abstract contract Office is LedgerBase {
    Replay public immutable REPLAY = new Replay(1 days);
    address internal _admin = ADMIN; // or ANYBODY, once he has taken over
    address[4] internal _pool = [address(0xB1), address(0xB2), REGISTRAR, MINTER];

    uint256 public surprises;
    uint256 public shrunk; // calls after which something that only grows had become less
    mapping(string act => uint256) public taken;

    string[] internal _acts;
    uint256 private _rolls;
    mapping(uint64 lot => uint256) private _most;

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
        } else {
            bool isTaken = _as(_admin, abi.encodeCall(ledger.changeDefaultAdminDelay, (delay)));
            _foretold(isTaken, true, "changeDelay");
        }
    }

    /// @notice The admin grants anything to anybody, and takes it from all but the two he needs.
    function grant(uint8 which, uint8 who, bool take) external {
        (which, who) = (uint8(_any(which)), uint8(_any(who)));
        address account = take ? _pool[who % 2] : _pool[who % 4];
        bytes32 role = roles()[which % roles().length];
        if (take) {
            bool isTaken = _as(_admin, abi.encodeCall(ledger.revokeRole, (role, account)));
            _foretold(isTaken, true, "revokeRole");
        } else {
            bool isRight = role != "unknown" && !_hasOther(account, _duty(role));
            bool isTaken = _as(_admin, abi.encodeCall(ledger.grantRole, (role, account)));
            _foretold(isTaken, isRight, "grantRole");
        }
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

    /// @notice Which of the three duties an address holds, over all programmes.
    function duties(address account) public view returns (bool[3] memory held) {
        bytes32[8] memory all = roles();
        held[0] = ledger.hasRole(all[0], account);
        held[1] = ledger.hasRole(all[1], account) || ledger.hasRole(all[2], account);
        held[2] = ledger.hasRole(all[3], account) || ledger.hasRole(all[4], account);
    }

    /// @notice The fuzzer likes the edges of its types best; acts want every value alike.
    function _any(uint256 given) internal returns (uint256) {
        return uint256(keccak256(abi.encode(given, ++_rolls)));
    }

    /// @notice How many acts were taken.
    function takenInAll() external view returns (uint256 sum) {
        for (uint256 i = 0; i < _acts.length; ++i) {
            sum += taken[_acts[i]];
        }
    }

    /// @notice How often each act was taken.
    function counts() external view returns (string memory line) {
        for (uint256 i = 0; i < _acts.length; ++i) {
            string memory one = string.concat(_acts[i], " ", vm.toString(taken[_acts[i]]));
            line = i == 0 ? one : string.concat(line, ", ", one);
        }
    }

    /// @notice Makes the call and lets the replay see what it told. Forge also records the events
    /// of a call that was refused: those never happened.
    function _as(address who, bytes memory call) internal returns (bool isTaken) {
        vm.recordLogs();
        vm.prank(who);
        (isTaken,) = address(ledger).call(call);
        if (!isTaken) return false;
        REPLAY.take(vm.getRecordedLogs());
        _watchMinted();
    }

    function _foretold(bool isTaken, bool isRight, string memory act) internal {
        if (isTaken != isRight) ++surprises;
        if (isTaken) _note(act);
    }

    function _note(string memory act) internal {
        if (taken[act]++ == 0) _acts.push(act);
    }

    function _watchMinted() private {
        for (uint256 i = 0; i < REPLAY.lots(); ++i) {
            uint64 lot = REPLAY.lotIds(i);
            uint256 minted = ledger.lotOf(lot).minted;
            if (minted < _most[lot]) ++shrunk;
            _most[lot] = minted;
        }
    }

    /// @notice Whether the account holds a duty other than this one (3: none).
    function _hasOther(address account, uint256 duty) private view returns (bool hasOther) {
        bool[3] memory held = duties(account);
        for (uint256 i = 0; i < 3; ++i) {
            if (duty < 3 && i != duty && held[i]) hasOther = true;
        }
    }

    function _duty(bytes32 role) private view returns (uint256) {
        bytes32[8] memory all = roles();
        if (role == all[0]) return 0;
        if (role == all[1] || role == all[2]) return 1;
        return role == all[3] || role == all[4] ? 2 : 3;
    }
}
