// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { TreeLedger } from "../src/TreeLedger.sol";
import { ITreeLedger } from "../src/interfaces/ITreeLedger.sol";
import { Replay } from "./invariants/Replay.sol";
import { World } from "./invariants/World.sol";
import { Test } from "./utils/Test.sol";

/// @notice One function for each rule of TreeLedger.invariants.md, numbered alike.
contract InvariantsTest is Test {
    ITreeLedger.Unit internal constant TREE = ITreeLedger.Unit.TREE;
    ITreeLedger.Unit internal constant M2 = ITreeLedger.Unit.M2;

    World internal world;
    Replay internal replay;
    TreeLedger internal ledger;

    function setUp() public {
        world = new World();
        replay = world.REPLAY();
        ledger = world.theLedger();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(world);
    }

    function invariant_01_nothingIsMintedAboveTheCap() public view {
        vm.assertEq(world.mintedAboveCap(), 0);
    }

    function invariant_02_whatIsMintedAboveTheCapIsShownAsDeficit() public view {
        for (uint256 i = 0; i < replay.lots(); ++i) {
            uint64 id = replay.lotIds(i);
            ITreeLedger.Lot memory lot = ledger.lotOf(id);
            uint256 cap = lot.isAccepted ? lot.accepted : lot.endorsed;
            vm.assertEq(uint256(ledger.capOf(id)), cap);
            vm.assertEq(uint256(ledger.deficitOf(id)), lot.minted > cap ? lot.minted - cap : 0);
        }
    }

    function invariant_03_mintingAddsWhatItSaysAndNothingTakesItAway() public view {
        vm.assertEq(world.mintedTooLittle(), 0);
        uint256 sum;
        for (uint256 i = 0; i < replay.batchCount(); ++i) {
            (,, uint32 size,,) = replay.batches(i);
            sum += size;
        }
        vm.assertEq(sum, uint256(ledger.totals(TREE).minted) + ledger.totals(M2).minted);
    }

    function invariant_04_revokedAreSomeOfTheMinted() public view {
        for (uint256 i = 0; i < replay.lots(); ++i) {
            uint64 id = replay.lotIds(i);
            ITreeLedger.Lot memory lot = ledger.lotOf(id);
            uint256 revoked;
            for (uint32 serial = 0; serial < lot.minted; ++serial) {
                if (_status(id, serial).revoked != ITreeLedger.Reason.NONE) ++revoked;
            }
            vm.assertEq(uint256(lot.revoked), revoked);
        }
    }

    function invariant_05_serialsHaveNoGapAndNoRepeat() public view {
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

    function invariant_06_aRootIsThePlainOneAndNeverChanges() public view {
        for (uint256 i = 0; i < replay.batchCount(); ++i) {
            (uint64 lot, uint32 first,, bytes32 root, bytes32 plainRoot) = replay.batches(i);
            vm.assertEq(root, plainRoot);
            vm.assertEq(ledger.rootOf(uint96(lot) << 32 | first), root);
        }
    }

    function invariant_07_onlyTreesAreClaimed() public view {
        for (uint256 i = 0; i < replay.lots(); ++i) {
            uint64 id = replay.lotIds(i);
            if (ledger.lotOf(id).terms.unit == TREE) continue;
            for (uint32 serial = 0; serial < ledger.lotOf(id).minted; ++serial) {
                vm.assertEq(_status(id, serial).claim, bytes32(0));
            }
        }
    }

    function invariant_08_theSumsOverLotsAreTheTotals() public view {
        ITreeLedger.Totals memory all;
        for (uint256 i = 0; i < replay.lots(); ++i) {
            ITreeLedger.Lot memory lot = ledger.lotOf(replay.lotIds(i));
            if (lot.terms.unit == TREE) {
                all.minted += lot.minted;
                all.revoked += lot.revoked;
            }
            _isSum(lot.terms);
        }
        _equal(ledger.totals(TREE), all);
    }

    function invariant_09_programmesAddUpToTheTotals() public view {
        ITreeLedger.Unit[3] memory units = [TREE, M2, ITreeLedger.Unit.PLANT];
        for (uint256 i = 0; i < 3; ++i) {
            ITreeLedger.Totals memory one = ledger.totalsOfProgramme(1, units[i]);
            ITreeLedger.Totals memory two = ledger.totalsOfProgramme(2, units[i]);
            _equal(
                ledger.totals(units[i]),
                ITreeLedger.Totals(one.minted + two.minted, one.revoked + two.revoked)
            );
        }
        vm.assertEq(uint256(ledger.totals(ITreeLedger.Unit.PLANT).minted), 0);
    }

    function invariant_10_nobodyHoldsTwoDuties() public view {
        address[12] memory everybody = world.everybody();
        for (uint256 i = 0; i < everybody.length; ++i) {
            (bool inspects, bool registers, bool mints) = world.duties(everybody[i]);
            vm.assertFalse(inspects && registers);
            vm.assertFalse(inspects && mints);
            vm.assertFalse(registers && mints);
        }
    }

    function invariant_11_nothingIsMintedWhilePaused() public view {
        vm.assertEq(world.mintedWhilePaused(), 0);
    }

    function invariant_12_thievesGetNothing() public view {
        vm.assertEq(world.stolen(), 0);
        vm.assertEq(address(ledger).balance, 0);
    }

    function invariant_13_theLedgerTakesWhatIsRightAndNothingElse() public view {
        vm.assertEq(world.surprises(), 0);
    }

    function invariant_14_oldStatementsStayInTheChainOfTheNewest() public view {
        for (uint256 i = 0; i < replay.toldCount(); ++i) {
            (bytes32 id,, uint64 lot, ITreeLedger.Stage stage,,,,) = replay.told(i);
            bytes32 newest = ledger.statementOf(lot, stage);
            for (uint256 j = replay.toldCount(); j > i + 1; --j) {
                (bytes32 later, bytes32 supersedes,,,,,,) = replay.told(j - 1);
                if (later == newest) newest = supersedes;
            }
            vm.assertEq(newest, id);
        }
    }

    function invariant_15_aReplacementIsLinkedBothWays() public view {
        for (uint256 i = 0; i < replay.lots(); ++i) {
            uint64 id = replay.lotIds(i);
            for (uint32 serial = 0; serial < ledger.lotOf(id).minted; ++serial) {
                _isLinked(uint96(id) << 32 | serial);
            }
        }
    }

    function invariant_16_everyRecordStaysProvable() public view {
        for (uint256 i = 0; i < replay.batchCount(); ++i) {
            (uint64 lot, uint32 first, uint32 size, bytes32 root,) = replay.batches(i);
            bytes32[] memory none = new bytes32[](0);
            vm.assertFalse(ledger.verify(root, first, none), "a root is no record");
            if (size == 1) {
                vm.assertTrue(ledger.verify(world.wordOf(lot, first), first, none));
            }
        }
    }

    function invariant_17_theEventsAloneRebuildLotsAndStatements() public view {
        vm.assertEq(replay.faults(), 0);
        for (uint256 i = 0; i < replay.lots(); ++i) {
            uint64 id = replay.lotIds(i);
            vm.assertEq(abi.encode(ledger.lotOf(id)), abi.encode(replay.lotOf(id)));
            for (uint8 stage = 1; stage < 4; ++stage) {
                ITreeLedger.Stage one = ITreeLedger.Stage(stage);
                vm.assertEq(ledger.statementOf(id, one), replay.statementOf(id, one));
            }
        }
    }

    function invariant_18_theEventsAloneRebuildTheRecords() public view {
        for (uint256 i = 0; i < replay.lots(); ++i) {
            uint64 id = replay.lotIds(i);
            for (uint32 serial = 0; serial <= ledger.lotOf(id).minted; ++serial) {
                bytes memory rebuilt = abi.encode(replay.status(uint96(id) << 32 | serial));
                vm.assertEq(abi.encode(_status(id, serial)), rebuilt);
            }
        }
    }

    function invariant_19_theEventsAloneRebuildRolesKeysFeedsAndPause() public view {
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
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory rebuilt = abi.encode(replay.issuerKey(1, bytes32(i)));
            vm.assertEq(abi.encode(ledger.issuerKey(1, bytes32(i))), rebuilt);
        }
        _sameHead("registry");
        _sameHead("other");
        vm.assertTrue(ledger.paused() == replay.paused());
        vm.assertEq(ledger.programmeCode(2), replay.programmeCode(2));
        vm.assertEq(ledger.successor(), replay.successor());
    }

    function _status(uint64 lot, uint32 serial)
        private
        view
        returns (ITreeLedger.RecordStatus memory)
    {
        return ledger.status(uint96(lot) << 32 | serial);
    }

    function _isLinked(uint96 treeId) private view {
        ITreeLedger.RecordStatus memory record = ledger.status(treeId);
        bool isReplaced = record.revoked == ITreeLedger.Reason.REPLACED;
        vm.assertTrue(isReplaced == (record.replacedBy != 0));
        if (record.replacedBy != 0) {
            vm.assertEq(uint256(ledger.status(record.replacedBy - 1).replaces), treeId + 1);
        }
        if (record.replaces != 0) {
            vm.assertEq(uint256(ledger.status(record.replaces - 1).replacedBy), treeId + 1);
        }
    }

    /// @notice The counters of a lot's site and year, species, and year are sums over the lots.
    function _isSum(ITreeLedger.Terms memory terms) private view {
        ITreeLedger.Totals memory site;
        ITreeLedger.Totals memory species;
        ITreeLedger.Totals memory year;
        for (uint256 i = 0; i < replay.lots(); ++i) {
            ITreeLedger.Lot memory lot = ledger.lotOf(replay.lotIds(i));
            if (lot.terms.unit != terms.unit) continue;
            if (lot.terms.site == terms.site && lot.terms.year == terms.year) _add(site, lot);
            if (lot.terms.species == terms.species) _add(species, lot);
            if (lot.terms.year == terms.year) _add(year, lot);
        }
        _equal(ledger.totalsOfSite(terms.site, terms.year, terms.unit), site);
        _equal(ledger.totalsOfSpecies(terms.species, terms.unit), species);
        _equal(ledger.totalsOfYear(terms.year, terms.unit), year);
    }

    function _add(ITreeLedger.Totals memory totals, ITreeLedger.Lot memory lot) private pure {
        totals.minted += lot.minted;
        totals.revoked += lot.revoked;
    }

    function _equal(ITreeLedger.Totals memory a, ITreeLedger.Totals memory b) private pure {
        vm.assertEq(abi.encode(a), abi.encode(b));
    }

    function _sameHead(bytes32 feed) private view {
        (uint64 size, bytes32 root) = ledger.feedHead(feed);
        vm.assertEq(uint256(size), uint256(replay.sizeOf(feed)));
        vm.assertEq(root, replay.rootOf(feed));
    }
}
