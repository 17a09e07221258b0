// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerErrors } from "../src/interfaces/ITreeLedgerErrors.sol";
import { ITreeLedgerEvents } from "../src/interfaces/ITreeLedgerEvents.sol";
import { ITreeLedgerTypes } from "../src/interfaces/ITreeLedgerTypes.sol";
import { LedgerTest } from "./utils/LedgerTest.sol";

contract ClaimsTest is LedgerTest {
    bytes32 internal constant COMMITMENT = keccak256("fulfilment certificate, salted");
    uint96 internal immutable FIRST = _tree(LOT, 0);

    function test_claim_usesEachRecordUpAndTellsOfIt() public givenMinted(10) {
        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.RecordClaimed(FIRST, COMMITMENT);
        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.RecordClaimed(FIRST + 1, COMMITMENT);
        vm.prank(OFFICE);
        ledger.claim(COMMITMENT, _both(FIRST, FIRST + 1));
        vm.assertEq(ledger.status(FIRST).claim, COMMITMENT);
        vm.assertEq(ledger.status(FIRST + 1).claim, COMMITMENT);
        vm.assertEq(ledger.status(FIRST + 2).claim, bytes32(0));
    }

    function testFuzz_claim_revertsForAnyoneButTheRegistry(address caller) public givenMinted(10) {
        vm.assume(caller != OFFICE);
        _expectUnauthorised(caller, ledger.REGISTRY());
        vm.prank(caller);
        ledger.claim(COMMITMENT, _only(FIRST));
    }

    function test_claim_revertsForAClaimedRecordEvenInOneCall() public givenMinted(10) {
        _refusesClaim(_both(FIRST, FIRST), ITreeLedgerErrors.RecordIsClaimed.selector, FIRST);
        _claim(COMMITMENT, FIRST);
        _refusesClaim(_only(FIRST), ITreeLedgerErrors.RecordIsClaimed.selector, FIRST);
    }

    function test_claim_revertsForARevokedRecord() public givenMinted(10) {
        _revoke(FIRST);
        _refusesClaim(_only(FIRST), ITreeLedgerErrors.RecordIsRevoked.selector, FIRST);
    }

    function testFuzz_claim_revertsForARecordNeverMinted(uint96 treeId) public givenMinted(10) {
        vm.assume(treeId < FIRST || treeId > FIRST + 9);
        _refusesClaim(_only(treeId), ITreeLedgerErrors.RecordUnknown.selector, treeId);
    }

    function test_claim_revertsForAnythingButATree() public {
        _openLot(LOT, ITreeLedgerTypes.Unit.M2);
        _state(LOT, ITreeLedgerTypes.Stage.ENDORSEMENT, 10);
        _mint(LOT, 0, 10);
        _refusesClaim(_only(FIRST), ITreeLedgerErrors.NotATree.selector, FIRST);

        _openLot(LOT + 1, ITreeLedgerTypes.Unit.PLANT);
        _state(LOT + 1, ITreeLedgerTypes.Stage.ENDORSEMENT, 10);
        _mint(LOT + 1, 0, 10);
        uint96 plant = _tree(LOT + 1, 0);
        _refusesClaim(_only(plant), ITreeLedgerErrors.NotATree.selector, plant);
    }

    function test_claim_revertsWithoutACommitment() public givenMinted(10) {
        vm.expectRevert(ITreeLedgerErrors.ZeroValue.selector);
        vm.prank(OFFICE);
        ledger.claim(0, _only(FIRST));
    }

    function test_release_undoesAClaimAndTellsOfIt() public givenMinted(10) {
        _claim(COMMITMENT, FIRST);
        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.ClaimReleased(FIRST, COMMITMENT);
        vm.prank(OFFICE);
        ledger.release(_only(FIRST));
        vm.assertEq(ledger.status(FIRST).claim, bytes32(0));

        _claim(keccak256("another"), FIRST);
        vm.assertEq(ledger.status(FIRST).claim, keccak256("another"));
    }

    function testFuzz_release_revertsForAnyoneButTheRegistry(address caller)
        public
        givenMinted(10)
    {
        vm.assume(caller != OFFICE);
        _claim(COMMITMENT, FIRST);
        _expectUnauthorised(caller, ledger.REGISTRY());
        vm.prank(caller);
        ledger.release(_only(FIRST));
    }

    function testFuzz_release_revertsForARecordNotClaimed(uint96 treeId) public givenMinted(10) {
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedgerErrors.RecordNotClaimed.selector, treeId)
        );
        vm.prank(OFFICE);
        ledger.release(_only(treeId));
    }

    function test_anEmptyListOfRecordsIsRefused() public givenMinted(10) {
        uint96[] memory none = new uint96[](0);
        vm.expectRevert(ITreeLedgerErrors.ZeroValue.selector);
        vm.prank(REVOKER);
        ledger.revoke(none, ITreeLedgerTypes.Reason.FRAUD);
        vm.startPrank(OFFICE);
        vm.expectRevert(ITreeLedgerErrors.ZeroValue.selector);
        ledger.claim(COMMITMENT, none);
        vm.expectRevert(ITreeLedgerErrors.ZeroValue.selector);
        ledger.release(none);
    }

    function _refusesClaim(uint96[] memory treeIds, bytes4 refusal, uint96 named) private {
        vm.expectRevert(abi.encodeWithSelector(refusal, named));
        vm.prank(OFFICE);
        ledger.claim(COMMITMENT, treeIds);
    }
}
