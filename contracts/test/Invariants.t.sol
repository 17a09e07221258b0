// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerTypes } from "../src/interfaces/ITreeLedgerTypes.sol";
import { Witness } from "./invariants/Witness.sol";

/// @notice One function for each rule of TreeLedger.invariants.md, numbered alike.
contract InvariantsTest is Witness {
    event log(string text);
    event log_named_uint(string name, uint256 number);

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(world);
    }

    /// @notice Printed at the end of each run: a world where nothing succeeds proves nothing.
    function afterInvariant() external {
        vm.assertGt(world.takenInAll(), 2, "a world that stands still");
        emit log(string.concat("taken in the last run: ", world.counts()));
        emit log_named_uint("thefts tried and refused", world.attempts());
    }

    function invariant_01_nothingIsMintedAboveTheCapButInDeficit() public view {
        vm.assertEq(world.mintedAboveCap(), 0);
        for (uint256 i = 0; i < replay.lots(); ++i) {
            uint64 id = replay.lotIds(i);
            uint256 room = uint256(ledger.capOf(id)) + ledger.deficitOf(id);
            vm.assertLe(ledger.lotOf(id).minted, room);
        }
    }

    function invariant_02_whatIsMintedAboveTheCapIsShownAsDeficit() public view {
        for (uint256 i = 0; i < replay.lots(); ++i) {
            uint64 id = replay.lotIds(i);
            ITreeLedgerTypes.Lot memory lot = ledger.lotOf(id);
            uint256 cap = lot.isAccepted ? lot.accepted : lot.endorsed;
            vm.assertEq(uint256(ledger.capOf(id)), cap);
            vm.assertEq(uint256(ledger.deficitOf(id)), lot.minted > cap ? lot.minted - cap : 0);
        }
    }

    function invariant_03_mintedOnlyGrows() public view {
        vm.assertEq(world.shrunk(), 0);
    }

    function invariant_04_mintingAddsWhatItSays() public view {
        vm.assertEq(world.mintedTooLittle(), 0);
        uint256 sum;
        for (uint256 i = 0; i < replay.batchCount(); ++i) {
            (,, uint32 size,,) = replay.batches(i);
            sum += size;
        }
        vm.assertEq(sum, _minted(TREE) + _minted(PLANT) + _minted(M2));
    }

    function invariant_05_revokedAreSomeOfTheMinted() public view {
        for (uint256 i = 0; i < replay.lots(); ++i) {
            uint64 id = replay.lotIds(i);
            ITreeLedgerTypes.Lot memory lot = ledger.lotOf(id);
            uint256 revoked;
            for (uint32 serial = 0; serial < lot.minted; ++serial) {
                if (_status(id, serial).revoked != ITreeLedgerTypes.Reason.NONE) ++revoked;
            }
            vm.assertEq(uint256(lot.revoked), revoked);
        }
    }

    function invariant_06_serialsHaveNoGapAndNoRepeat() public view {
        for (uint256 i = 0; i < replay.lots(); ++i) {
            uint64 id = replay.lotIds(i);
            uint256 next;
            for (uint256 j = 0; j < replay.batchCount(); ++j) {
                (uint64 lot, uint32 first, uint32 size,,) = replay.batches(j);
                if (lot != id) continue;
                vm.assertEq(first, next);
                next += size;
            }
            vm.assertEq(uint256(ledger.lotOf(id).minted), next);
        }
    }

    function invariant_07_aRootIsThePlainOneAndNeverChanges() public view {
        for (uint256 i = 0; i < replay.batchCount(); ++i) {
            (uint64 lot, uint32 first,, bytes32 root, bytes32 plainRoot) = replay.batches(i);
            vm.assertEq(root, plainRoot);
            vm.assertEq(ledger.rootOf(uint96(lot) << 32 | first), root);
        }
    }

    function invariant_08_aClaimedRecordIsClaimedOnce() public view {
        vm.assertEq(replay.claimedAgain(), 0);
    }

    function invariant_09_onlyTreesAreClaimed() public view {
        for (uint256 i = 0; i < replay.lots(); ++i) {
            uint64 id = replay.lotIds(i);
            if (ledger.lotOf(id).terms.unit == TREE) continue;
            for (uint32 serial = 0; serial < ledger.lotOf(id).minted; ++serial) {
                vm.assertEq(_status(id, serial).claim, bytes32(0));
            }
        }
    }

    function invariant_10_theSumsOverLotsAreTheTotals() public view {
        for (uint256 i = 0; i < replay.lots(); ++i) {
            _isSum(replay.lotIds(i));
        }
    }

    function invariant_11_plantsAndSquareMetresAreNeverTrees() public view {
        ITreeLedgerTypes.Unit[3] memory units = [TREE, PLANT, M2];
        for (uint256 i = 0; i < 3; ++i) {
            ITreeLedgerTypes.Totals memory all;
            for (uint256 j = 0; j < replay.lots(); ++j) {
                ITreeLedgerTypes.Lot memory lot = ledger.lotOf(replay.lotIds(j));
                if (lot.terms.unit == units[i]) _add(all, lot);
            }
            _equal(ledger.totals(units[i]), all);
        }
    }

    function invariant_12_nobodyHoldsTwoDuties() public view {
        address[12] memory everybody = world.everybody();
        for (uint256 i = 0; i < everybody.length; ++i) {
            bool[3] memory held = world.duties(everybody[i]);
            vm.assertFalse(held[0] && held[1], "inspects and registers");
            vm.assertFalse(held[0] && held[2], "inspects and mints");
            vm.assertFalse(held[1] && held[2], "registers and mints");
        }
    }

    function invariant_13_nothingIsMintedWhilePaused() public view {
        vm.assertEq(world.mintedWhilePaused(), 0);
    }

    function invariant_14_aPauseChangesNoVerdict() public view {
        vm.assertEq(world.verdictsChanged(), 0);
    }

    function invariant_15_thievesGetNothing() public view {
        vm.assertEq(world.stolen(), 0);
        vm.assertEq(address(ledger).balance, 0);
    }

    function invariant_16_whatWasTakenOnceIsNotTakenAgain() public view {
        vm.assertEq(world.repeated(), 0);
    }

    function invariant_17_theLedgerTakesWhatIsRightAndNothingElse() public view {
        vm.assertEq(world.surprises(), 0);
    }

    function invariant_18_oldStatementsStayInTheChainOfTheNewest() public view {
        for (uint256 i = 0; i < replay.toldCount(); ++i) {
            (bytes32 id,, uint64 lot, ITreeLedgerTypes.Stage stage,,,,) = replay.told(i);
            bytes32 newest = ledger.statementOf(lot, stage);
            for (uint256 j = replay.toldCount(); j > i + 1; --j) {
                (bytes32 later, bytes32 supersedes,,,,,,) = replay.told(j - 1);
                if (later == newest) newest = supersedes;
            }
            vm.assertEq(newest, id);
        }
    }

    function invariant_19_aReplacementIsLinkedBothWays() public view {
        for (uint256 i = 0; i < replay.lots(); ++i) {
            uint64 id = replay.lotIds(i);
            for (uint32 serial = 0; serial < ledger.lotOf(id).minted; ++serial) {
                _isLinked(uint96(id) << 32 | serial);
            }
        }
    }

    function invariant_20_everyRecordStaysProvable() public view {
        for (uint256 i = 0; i < replay.batchCount(); ++i) {
            (, uint32 first, uint32 size, bytes32 root,) = replay.batches(i);
            vm.assertFalse(ledger.verify(root, first, new bytes32[](0)), "a root is no record");
            (bool isFirst,) = world.proves(i, 0);
            (bool isLast,) = world.proves(i, size - 1);
            vm.assertTrue(isFirst && isLast);
        }
    }

    function invariant_21_theEventsAloneRebuildLotsAndStatements() public view {
        vm.assertEq(replay.faults(), 0);
        for (uint256 i = 0; i < replay.lots(); ++i) {
            uint64 id = replay.lotIds(i);
            vm.assertEq(abi.encode(ledger.lotOf(id)), abi.encode(replay.lotOf(id)));
            for (uint8 stage = 1; stage < 4; ++stage) {
                ITreeLedgerTypes.Stage one = ITreeLedgerTypes.Stage(stage);
                vm.assertEq(ledger.statementOf(id, one), replay.statementOf(id, one));
            }
        }
    }

    function invariant_22_theEventsAloneRebuildTheRecords() public view {
        for (uint256 i = 0; i < replay.lots(); ++i) {
            uint64 id = replay.lotIds(i);
            for (uint32 serial = 0; serial <= ledger.lotOf(id).minted; ++serial) {
                bytes memory rebuilt = abi.encode(replay.status(uint96(id) << 32 | serial));
                vm.assertEq(abi.encode(_status(id, serial)), rebuilt);
            }
        }
    }

    function invariant_23_theEventsAloneRebuildRolesKeysFeedsAndPause() public view {
        bytes32[8] memory roles = world.roles();
        address[12] memory everybody = world.everybody();
        for (uint256 i = 0; i < everybody.length; ++i) {
            for (uint256 j = 0; j < roles.length; ++j) {
                bool has = ledger.hasRole(roles[j], everybody[i]);
                vm.assertTrue(has == replay.hasRole(roles[j], everybody[i]));
            }
            vm.assertEq(
                uint256(ledger.nonceOf(everybody[i])), uint256(replay.nonceOf(everybody[i]))
            );
        }
        for (uint256 i = 0; i < 4; ++i) {
            bytes memory rebuilt = abi.encode(replay.issuerKey(1, bytes32(i)));
            vm.assertEq(abi.encode(ledger.issuerKey(1, bytes32(i))), rebuilt);
        }
        _sameHead("registry");
        _sameHead("other");
        vm.assertTrue(ledger.paused() == replay.paused());
    }

    function invariant_24_theEventsAloneRebuildProgrammesAdminAndSuccessor() public view {
        for (uint32 programme = 0; programme < 8; ++programme) {
            vm.assertEq(ledger.programmeCode(programme), replay.programmeCode(programme));
        }
        vm.assertEq(ledger.successor(), replay.successor());
        vm.assertTrue(replay.hasRole(0, ledger.defaultAdmin()));
        (address admin, uint48 schedule) = ledger.pendingDefaultAdmin();
        (address rebuilt,, uint48 rebuiltSchedule) = replay.pendingAdmin();
        vm.assertEq(admin, rebuilt);
        vm.assertEq(uint256(schedule), uint256(rebuiltSchedule));
        vm.assertEq(uint256(ledger.defaultAdminDelay()), uint256(replay.adminDelay()));
    }
}
