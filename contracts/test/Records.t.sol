// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerErrors } from "../src/interfaces/ITreeLedgerErrors.sol";
import { ITreeLedgerEvents } from "../src/interfaces/ITreeLedgerEvents.sol";
import { ITreeLedgerTypes } from "../src/interfaces/ITreeLedgerTypes.sol";
import { LedgerTest } from "./utils/LedgerTest.sol";

contract RecordsTest is LedgerTest {
    bytes32 internal constant COMMITMENT = keccak256("fulfilment certificate, salted");
    uint96 internal immutable FIRST = _tree(LOT, 0);

    // ---------------------------------------------------------------------------------- revoke

    function testFuzz_revoke_leavesTheLiveCountAndTellsWhy(uint8 which, uint32 serial)
        public
        givenMinted(300)
    {
        ITreeLedgerTypes.Reason reason = ITreeLedgerTypes.Reason(bound(which, 1, 5));
        uint96 treeId = _tree(LOT, uint32(bound(serial, 0, 299)));
        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.RecordRevoked(treeId, reason);
        vm.prank(REVOKER);
        ledger.revoke(_only(treeId), reason);

        vm.assertTrue(ledger.status(treeId).revoked == reason);
        vm.assertTrue(ledger.status(treeId).isMinted, "the minted count keeps it");
        vm.assertEq(uint256(ledger.lotOf(LOT).minted), 300);
        vm.assertEq(uint256(ledger.lotOf(LOT).revoked), 1);
    }

    function testFuzz_revoke_touchesNoNeighbour(uint32 serial) public givenMinted(300) {
        serial = uint32(bound(serial, 0, 299));
        vm.prank(REVOKER);
        ledger.revoke(_only(_tree(LOT, serial)), ITreeLedgerTypes.Reason.HOLDER_REQUEST);
        for (uint32 other = 0; other < 300; ++other) {
            bool isRevoked =
                ledger.status(_tree(LOT, other)).revoked != ITreeLedgerTypes.Reason.NONE;
            vm.assertTrue(isRevoked == (other == serial));
        }
    }

    function testFuzz_revoke_revertsForAnyoneButTheRevoker(address caller) public givenMinted(10) {
        vm.assume(caller != REVOKER);
        _expectUnauthorised(caller, ledger.revokerOf(PROGRAMME));
        vm.prank(caller);
        ledger.revoke(_only(FIRST), ITreeLedgerTypes.Reason.FRAUD);
    }

    function test_revoke_revertsWhollyWhereOneRecordIsAnotherProgrammes() public givenMinted(10) {
        vm.startPrank(ADMIN);
        ledger.openProgramme(OTHER_PROGRAMME, "GFOREST");
        vm.stopPrank();
        uint96 theirs = uint96(OTHER_PROGRAMME) << 64;
        _expectUnauthorised(REVOKER, ledger.revokerOf(OTHER_PROGRAMME));
        vm.prank(REVOKER);
        ledger.revoke(_both(FIRST, theirs), ITreeLedgerTypes.Reason.FRAUD);
        vm.assertTrue(ledger.status(FIRST).revoked == ITreeLedgerTypes.Reason.NONE);
    }

    function test_revoke_revertsWithoutAReasonOfItsOwn() public givenMinted(10) {
        vm.startPrank(REVOKER);
        vm.expectRevert(ITreeLedgerErrors.ReasonMissing.selector);
        ledger.revoke(_only(FIRST), ITreeLedgerTypes.Reason.NONE);
        vm.expectRevert(ITreeLedgerErrors.ReasonMissing.selector);
        ledger.revoke(_only(FIRST), ITreeLedgerTypes.Reason.REPLACED);
    }

    function testFuzz_revoke_revertsForARecordNeverMinted(uint32 serial) public givenMinted(10) {
        serial = uint32(bound(serial, 10, type(uint32).max));
        uint96 treeId = _tree(LOT, serial);
        vm.expectRevert(abi.encodeWithSelector(ITreeLedgerErrors.RecordUnknown.selector, treeId));
        vm.prank(REVOKER);
        ledger.revoke(_only(treeId), ITreeLedgerTypes.Reason.FRAUD);
    }

    function test_revoke_revertsTheSecondTimeEvenInOneCall() public givenMinted(10) {
        bytes memory refusal =
            abi.encodeWithSelector(ITreeLedgerErrors.RecordIsRevoked.selector, FIRST);
        vm.expectRevert(refusal);
        vm.prank(REVOKER);
        ledger.revoke(_both(FIRST, FIRST), ITreeLedgerTypes.Reason.FRAUD);

        _revoke(FIRST);
        vm.expectRevert(refusal);
        vm.prank(REVOKER);
        ledger.revoke(_only(FIRST), ITreeLedgerTypes.Reason.DUPLICATE);
    }

    function test_revoke_countsEachLotOfAMixedList() public givenMinted(10) {
        _openLot(LOT + 1, ITreeLedgerTypes.Unit.M2);
        _state(LOT + 1, ITreeLedgerTypes.Stage.ENDORSEMENT, 10);
        _mint(LOT + 1, 0, 10);
        uint96[] memory mixed = new uint96[](5);
        (mixed[0], mixed[1], mixed[2]) = (FIRST, FIRST + 1, _tree(LOT + 1, 0));
        (mixed[3], mixed[4]) = (FIRST + 2, _tree(LOT + 1, 1));
        vm.prank(REVOKER);
        ledger.revoke(mixed, ITreeLedgerTypes.Reason.NOT_PLANTED);

        vm.assertEq(uint256(ledger.lotOf(LOT).revoked), 3);
        vm.assertEq(uint256(ledger.lotOf(LOT + 1).revoked), 2);
        _counts(ledger.totals(ITreeLedgerTypes.Unit.TREE), 10, 3);
        _counts(ledger.totals(ITreeLedgerTypes.Unit.M2), 10, 2);
    }

    function test_revoke_ofAClaimedRecordLeavesTheClaimVisible() public givenMinted(10) {
        _claim(COMMITMENT, FIRST);
        _revoke(FIRST);
        vm.assertEq(ledger.status(FIRST).claim, COMMITMENT);
    }

    // --------------------------------------------------------------------------------- replace

    function test_replace_revokesTheOldOneAndLinksBothWays() public givenMinted(10) {
        uint96 successor = _tree(LOT, 9);
        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.RecordReplaced(FIRST, successor);
        vm.prank(REVOKER);
        ledger.replace(FIRST, successor);

        vm.assertTrue(ledger.status(FIRST).revoked == ITreeLedgerTypes.Reason.REPLACED);
        vm.assertEq(uint256(ledger.status(FIRST).replacedBy), uint256(successor) + 1);
        vm.assertEq(uint256(ledger.status(successor).replaces), uint256(FIRST) + 1);
        vm.assertTrue(ledger.status(successor).revoked == ITreeLedgerTypes.Reason.NONE);
        vm.assertEq(uint256(ledger.lotOf(LOT).revoked), 1);
    }

    function test_replace_isOneChangeAndOneEvent() public givenMinted(10) {
        vm.recordLogs();
        vm.prank(REVOKER);
        ledger.replace(FIRST, FIRST + 1);
        vm.assertEq(vm.getRecordedLogs().length, 1);
    }

    function test_replace_mayGoOnFromASuccessor() public givenMinted(10) {
        vm.startPrank(REVOKER);
        ledger.replace(FIRST, FIRST + 1);
        ledger.replace(FIRST + 1, FIRST + 2);
        vm.assertEq(uint256(ledger.status(FIRST + 1).replaces), uint256(FIRST) + 1);
        vm.assertEq(uint256(ledger.status(FIRST + 1).replacedBy), uint256(FIRST) + 3);
    }

    function testFuzz_replace_revertsForAnyoneButTheRevoker(address caller)
        public
        givenMinted(10)
    {
        vm.assume(caller != REVOKER);
        _expectUnauthorised(caller, ledger.revokerOf(PROGRAMME));
        vm.prank(caller);
        ledger.replace(FIRST, FIRST + 1);
    }

    function test_replace_revertsWhereTheOldOneIsRevoked() public givenMinted(10) {
        _revoke(FIRST);
        _refusesReplacing(FIRST, FIRST + 1, ITreeLedgerErrors.RecordIsRevoked.selector, FIRST);
    }

    function test_replace_revertsWhereTheNewOneIsRevoked() public givenMinted(10) {
        _revoke(FIRST + 1);
        _refusesReplacing(FIRST, FIRST + 1, ITreeLedgerErrors.RecordIsRevoked.selector, FIRST + 1);
    }

    function test_replace_revertsByItself() public givenMinted(10) {
        _refusesReplacing(FIRST, FIRST, ITreeLedgerErrors.RecordIsRevoked.selector, FIRST);
    }

    function test_replace_revertsWhereEitherWasNeverMinted() public givenMinted(10) {
        uint96 none = FIRST + 10;
        _refusesReplacing(none, FIRST, ITreeLedgerErrors.RecordUnknown.selector, none);
        _refusesReplacing(FIRST, none, ITreeLedgerErrors.RecordUnknown.selector, none);
    }

    function test_replace_revertsByARecordOfAnotherProgramme() public givenMinted(10) {
        _openOtherProgramme();
        uint96 theirs = uint96(OTHER_PROGRAMME) << 64;
        _refusesReplacing(FIRST, theirs, ITreeLedgerErrors.OtherProgramme.selector, theirs);
    }

    function test_replace_revertsByTheSuccessorOfAnotherRecord() public givenMinted(10) {
        vm.prank(REVOKER);
        ledger.replace(FIRST, FIRST + 1);
        _refusesReplacing(
            FIRST + 2, FIRST + 1, ITreeLedgerErrors.RecordIsSuccessor.selector, FIRST + 1
        );
    }

    // ---------------------------------------------------------------------------------- totals

    function test_totals_countEachUnitForItself() public givenMinted(10) {
        _openOtherProgramme();
        uint64 other = uint64(OTHER_PROGRAMME) << 32 | 1;
        _openLot(other, ITreeLedgerTypes.Unit.TREE);
        _openLot(LOT + 1, ITreeLedgerTypes.Unit.M2);
        _state(other, ITreeLedgerTypes.Stage.ENDORSEMENT, 50);
        _state(LOT + 1, ITreeLedgerTypes.Stage.ENDORSEMENT, 50);
        _mint(other, 0, 7);
        _mint(LOT + 1, 0, 30);
        _revoke(FIRST);
        _revoke(_tree(other, 6));
        vm.prank(REVOKER);
        ledger.replace(FIRST + 1, FIRST + 2);

        ITreeLedgerTypes.Unit tree = ITreeLedgerTypes.Unit.TREE;
        ITreeLedgerTypes.Unit m2 = ITreeLedgerTypes.Unit.M2;
        _counts(ledger.totals(tree), 17, 3);
        _counts(ledger.totals(m2), 30, 0);
        _counts(ledger.totals(ITreeLedgerTypes.Unit.PLANT), 0, 0);
        _counts(ledger.totalsOfProgramme(PROGRAMME, tree), 10, 2);
        _counts(ledger.totalsOfProgramme(PROGRAMME, m2), 30, 0);
        _counts(ledger.totalsOfProgramme(OTHER_PROGRAMME, tree), 7, 1);
        _counts(ledger.totalsOfSite(SITE, YEAR, tree), 17, 3);
        _counts(ledger.totalsOfSite(SITE, YEAR + 1, tree), 0, 0);
        _counts(ledger.totalsOfSpecies(SPECIES, m2), 30, 0);
        _counts(ledger.totalsOfYear(YEAR, tree), 17, 3);
    }

    function test_totals_keepSitesSpeciesAndYearsApart() public givenMinted(10) {
        ITreeLedgerTypes.Terms memory terms = _terms(ITreeLedgerTypes.Unit.TREE);
        terms.site = "130000/805";
        _mintAlso(LOT + 1, terms, 3);
        terms = _terms(ITreeLedgerTypes.Unit.TREE);
        terms.species = "POPLAR";
        _mintAlso(LOT + 2, terms, 4);
        terms = _terms(ITreeLedgerTypes.Unit.TREE);
        terms.year = YEAR + 1;
        _mintAlso(LOT + 3, terms, 5);

        ITreeLedgerTypes.Unit tree = ITreeLedgerTypes.Unit.TREE;
        _counts(ledger.totals(tree), 22, 0);
        _counts(ledger.totalsOfSite(SITE, YEAR, tree), 14, 0);
        _counts(ledger.totalsOfSite("130000/805", YEAR, tree), 3, 0);
        _counts(ledger.totalsOfSite(SITE, YEAR + 1, tree), 5, 0);
        _counts(ledger.totalsOfSpecies(SPECIES, tree), 18, 0);
        _counts(ledger.totalsOfSpecies("POPLAR", tree), 4, 0);
        _counts(ledger.totalsOfYear(YEAR, tree), 17, 0);
        _counts(ledger.totalsOfYear(YEAR + 1, tree), 5, 0);
    }

    function test_totals_aYearIsNoProgrammeOfItsNumber() public givenMinted(10) {
        vm.prank(ADMIN);
        ledger.openProgramme(YEAR, "NUMBERED");
        _counts(ledger.totalsOfProgramme(YEAR, ITreeLedgerTypes.Unit.TREE), 0, 0);
        _counts(ledger.totalsOfYear(YEAR, ITreeLedgerTypes.Unit.TREE), 10, 0);
    }

    function _mintAlso(uint64 lot, ITreeLedgerTypes.Terms memory terms, uint32 count) private {
        vm.prank(REGISTRAR);
        ledger.openLot(lot, terms);
        _state(lot, ITreeLedgerTypes.Stage.ENDORSEMENT, count);
        _mint(lot, 0, count);
    }

    function _counts(ITreeLedgerTypes.Totals memory totals, uint256 minted, uint256 revoked)
        private
        pure
    {
        vm.assertEq(uint256(totals.minted), minted);
        vm.assertEq(uint256(totals.revoked), revoked);
    }

    function _refusesReplacing(uint96 oldId, uint96 newId, bytes4 refusal, uint96 named) private {
        vm.expectRevert(abi.encodeWithSelector(refusal, named));
        vm.prank(REVOKER);
        ledger.replace(oldId, newId);
    }
}
