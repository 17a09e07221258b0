// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { TreeLedger } from "../../src/TreeLedger.sol";
import { ITreeLedgerTypes } from "../../src/interfaces/ITreeLedgerTypes.sol";
import { Test } from "../utils/Test.sol";
import { Replay } from "./Replay.sol";
import { World } from "./World.sol";

/// @notice A world, what its events tell of it, and the questions that the invariants ask.
abstract contract Witness is Test {
    ITreeLedgerTypes.Unit internal constant TREE = ITreeLedgerTypes.Unit.TREE;
    ITreeLedgerTypes.Unit internal constant PLANT = ITreeLedgerTypes.Unit.PLANT;
    ITreeLedgerTypes.Unit internal constant M2 = ITreeLedgerTypes.Unit.M2;

    World internal world;
    Replay internal replay;
    TreeLedger internal ledger;

    function setUp() public {
        world = new World();
        replay = world.REPLAY();
        ledger = world.theLedger();
    }

    function _status(uint64 lot, uint32 serial)
        internal
        view
        returns (ITreeLedgerTypes.RecordStatus memory)
    {
        return ledger.status(uint96(lot) << 32 | serial);
    }

    function _isLinked(uint96 treeId) internal view {
        ITreeLedgerTypes.RecordStatus memory record = ledger.status(treeId);
        bool isReplaced = record.revoked == ITreeLedgerTypes.Reason.REPLACED;
        vm.assertTrue(isReplaced == (record.replacedBy != 0));
        if (record.replacedBy != 0) {
            vm.assertEq(uint256(ledger.status(record.replacedBy - 1).replaces), treeId + 1);
        }
        if (record.replaces != 0) {
            vm.assertEq(uint256(ledger.status(record.replaces - 1).replacedBy), treeId + 1);
        }
    }

    /// @notice The counters that a lot adds to are sums over all the lots that add to them.
    function _isSum(uint64 id) internal view {
        ITreeLedgerTypes.Terms memory terms = ledger.lotOf(id).terms;
        ITreeLedgerTypes.Totals[4] memory sums;
        for (uint256 i = 0; i < replay.lots(); ++i) {
            uint64 other = replay.lotIds(i);
            ITreeLedgerTypes.Lot memory lot = ledger.lotOf(other);
            if (lot.terms.unit != terms.unit) continue;
            if (other >> 32 == id >> 32) _add(sums[0], lot);
            if (lot.terms.site == terms.site && lot.terms.year == terms.year) _add(sums[1], lot);
            if (lot.terms.species == terms.species) _add(sums[2], lot);
            if (lot.terms.year == terms.year) _add(sums[3], lot);
        }
        _equal(ledger.totalsOfProgramme(uint32(id >> 32), terms.unit), sums[0]);
        _equal(ledger.totalsOfSite(terms.site, terms.year, terms.unit), sums[1]);
        _equal(ledger.totalsOfSpecies(terms.species, terms.unit), sums[2]);
        _equal(ledger.totalsOfYear(terms.year, terms.unit), sums[3]);
    }

    function _minted(ITreeLedgerTypes.Unit unit) internal view returns (uint256) {
        return ledger.totals(unit).minted;
    }

    function _add(ITreeLedgerTypes.Totals memory totals, ITreeLedgerTypes.Lot memory lot)
        internal
        pure
    {
        totals.minted += lot.minted;
        totals.revoked += lot.revoked;
    }

    function _equal(ITreeLedgerTypes.Totals memory a, ITreeLedgerTypes.Totals memory b)
        internal
        pure
    {
        vm.assertEq(abi.encode(a), abi.encode(b));
    }

    function _sameHead(bytes32 feed) internal view {
        (uint64 size, bytes32 root) = ledger.feedHead(feed);
        vm.assertEq(uint256(size), uint256(replay.sizeOf(feed)));
        vm.assertEq(root, replay.rootOf(feed));
    }
}
