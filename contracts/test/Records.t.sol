// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedger } from "../src/interfaces/ITreeLedger.sol";
import { LedgerTest } from "./utils/LedgerTest.sol";

contract RecordsTest is LedgerTest {
    bytes32 internal constant COMMITMENT = keccak256("fulfilment certificate, salted");
    uint96 internal immutable FIRST = _tree(LOT, 0);

    // ---------------------------------------------------------------------------------- revoke

    function testFuzz_revoke_leavesTheLiveCountAndTellsWhy(uint8 which, uint32 serial)
        public
        givenMinted(300)
    {
        ITreeLedger.Reason reason = ITreeLedger.Reason(bound(which, 1, 5));
        uint96 treeId = _tree(LOT, uint32(bound(serial, 0, 299)));
        vm.expectEmit(address(ledger));
        emit ITreeLedger.RecordRevoked(treeId, reason);
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
        ledger.revoke(_only(_tree(LOT, serial)), ITreeLedger.Reason.HOLDER_REQUEST);
        for (uint32 other = 0; other < 300; ++other) {
            bool isRevoked = ledger.status(_tree(LOT, other)).revoked != ITreeLedger.Reason.NONE;
            vm.assertTrue(isRevoked == (other == serial));
        }
    }

    function testFuzz_revoke_revertsForAnyoneButTheRevoker(address caller) public givenMinted(10) {
        vm.assume(caller != REVOKER);
        _expectUnauthorised(caller, ledger.revokerOf(PROGRAMME));
        vm.prank(caller);
        ledger.revoke(_only(FIRST), ITreeLedger.Reason.FRAUD);
    }

    function test_revoke_revertsWhollyWhereOneRecordIsAnotherProgrammes() public givenMinted(10) {
        vm.startPrank(ADMIN);
        ledger.openProgramme(OTHER_PROGRAMME, "GFOREST");
        vm.stopPrank();
        uint96 theirs = uint96(OTHER_PROGRAMME) << 64;
        _expectUnauthorised(REVOKER, ledger.revokerOf(OTHER_PROGRAMME));
        vm.prank(REVOKER);
        ledger.revoke(_both(FIRST, theirs), ITreeLedger.Reason.FRAUD);
        vm.assertTrue(ledger.status(FIRST).revoked == ITreeLedger.Reason.NONE);
    }

    function test_revoke_revertsWithoutAReasonOfItsOwn() public givenMinted(10) {
        vm.startPrank(REVOKER);
        vm.expectRevert(ITreeLedger.ReasonMissing.selector);
        ledger.revoke(_only(FIRST), ITreeLedger.Reason.NONE);
        vm.expectRevert(ITreeLedger.ReasonMissing.selector);
        ledger.revoke(_only(FIRST), ITreeLedger.Reason.REPLACED);
    }

    function testFuzz_revoke_revertsForARecordNeverMinted(uint32 serial) public givenMinted(10) {
        serial = uint32(bound(serial, 10, type(uint32).max));
        uint96 treeId = _tree(LOT, serial);
        vm.expectRevert(abi.encodeWithSelector(ITreeLedger.RecordUnknown.selector, treeId));
        vm.prank(REVOKER);
        ledger.revoke(_only(treeId), ITreeLedger.Reason.FRAUD);
    }

    function test_revoke_revertsTheSecondTimeEvenInOneCall() public givenMinted(10) {
        bytes memory refusal = abi.encodeWithSelector(ITreeLedger.RecordIsRevoked.selector, FIRST);
        vm.expectRevert(refusal);
        vm.prank(REVOKER);
        ledger.revoke(_both(FIRST, FIRST), ITreeLedger.Reason.FRAUD);

        _revoke(FIRST);
        vm.expectRevert(refusal);
        vm.prank(REVOKER);
        ledger.revoke(_only(FIRST), ITreeLedger.Reason.DUPLICATE);
    }

    function test_revoke_countsEachLotOfAMixedList() public givenMinted(10) {
        _openLot(LOT + 1, ITreeLedger.Unit.M2);
        _state(LOT + 1, ITreeLedger.Stage.ENDORSEMENT, 10);
        _mint(LOT + 1, 0, 10);
        uint96[] memory mixed = new uint96[](5);
        (mixed[0], mixed[1], mixed[2]) = (FIRST, FIRST + 1, _tree(LOT + 1, 0));
        (mixed[3], mixed[4]) = (FIRST + 2, _tree(LOT + 1, 1));
        vm.prank(REVOKER);
        ledger.revoke(mixed, ITreeLedger.Reason.NOT_PLANTED);

        vm.assertEq(uint256(ledger.lotOf(LOT).revoked), 3);
        vm.assertEq(uint256(ledger.lotOf(LOT + 1).revoked), 2);
        _counts(ledger.totals(ITreeLedger.Unit.TREE), 10, 3);
        _counts(ledger.totals(ITreeLedger.Unit.M2), 10, 2);
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
        emit ITreeLedger.RecordReplaced(FIRST, successor);
        vm.prank(REVOKER);
        ledger.replace(FIRST, successor);

        vm.assertTrue(ledger.status(FIRST).revoked == ITreeLedger.Reason.REPLACED);
        vm.assertEq(uint256(ledger.status(FIRST).replacedBy), uint256(successor) + 1);
        vm.assertEq(uint256(ledger.status(successor).replaces), uint256(FIRST) + 1);
        vm.assertTrue(ledger.status(successor).revoked == ITreeLedger.Reason.NONE);
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
        _refusesReplacing(FIRST, FIRST + 1, ITreeLedger.RecordIsRevoked.selector, FIRST);
    }

    function test_replace_revertsWhereTheNewOneIsRevoked() public givenMinted(10) {
        _revoke(FIRST + 1);
        _refusesReplacing(FIRST, FIRST + 1, ITreeLedger.RecordIsRevoked.selector, FIRST + 1);
    }

    function test_replace_revertsByItself() public givenMinted(10) {
        _refusesReplacing(FIRST, FIRST, ITreeLedger.RecordIsRevoked.selector, FIRST);
    }

    function test_replace_revertsWhereEitherWasNeverMinted() public givenMinted(10) {
        uint96 none = FIRST + 10;
        _refusesReplacing(none, FIRST, ITreeLedger.RecordUnknown.selector, none);
        _refusesReplacing(FIRST, none, ITreeLedger.RecordUnknown.selector, none);
    }

    function test_replace_revertsByARecordOfAnotherProgramme() public givenMinted(10) {
        _openOtherProgramme();
        uint96 theirs = uint96(OTHER_PROGRAMME) << 64;
        _refusesReplacing(FIRST, theirs, ITreeLedger.OtherProgramme.selector, theirs);
    }

    function test_replace_revertsByTheSuccessorOfAnotherRecord() public givenMinted(10) {
        vm.prank(REVOKER);
        ledger.replace(FIRST, FIRST + 1);
        _refusesReplacing(FIRST + 2, FIRST + 1, ITreeLedger.RecordIsSuccessor.selector, FIRST + 1);
    }

    // ---------------------------------------------------------------------------------- totals

    function test_totals_countEachUnitForItself() public givenMinted(10) {
        _openOtherProgramme();
        uint64 other = uint64(OTHER_PROGRAMME) << 32 | 1;
        _openLot(other, ITreeLedger.Unit.TREE);
        _openLot(LOT + 1, ITreeLedger.Unit.M2);
        _state(other, ITreeLedger.Stage.ENDORSEMENT, 50);
        _state(LOT + 1, ITreeLedger.Stage.ENDORSEMENT, 50);
        _mint(other, 0, 7);
        _mint(LOT + 1, 0, 30);
        _revoke(FIRST);
        _revoke(_tree(other, 6));
        vm.prank(REVOKER);
        ledger.replace(FIRST + 1, FIRST + 2);

        ITreeLedger.Unit tree = ITreeLedger.Unit.TREE;
        ITreeLedger.Unit m2 = ITreeLedger.Unit.M2;
        _counts(ledger.totals(tree), 17, 3);
        _counts(ledger.totals(m2), 30, 0);
        _counts(ledger.totals(ITreeLedger.Unit.PLANT), 0, 0);
        _counts(ledger.totalsOfProgramme(PROGRAMME, tree), 10, 2);
        _counts(ledger.totalsOfProgramme(PROGRAMME, m2), 30, 0);
        _counts(ledger.totalsOfProgramme(OTHER_PROGRAMME, tree), 7, 1);
        _counts(ledger.totalsOfSite(SITE, YEAR, tree), 17, 3);
        _counts(ledger.totalsOfSite(SITE, YEAR + 1, tree), 0, 0);
        _counts(ledger.totalsOfSpecies(SPECIES, m2), 30, 0);
        _counts(ledger.totalsOfYear(YEAR, tree), 17, 3);
    }

    function _counts(ITreeLedger.Totals memory totals, uint256 minted, uint256 revoked)
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
