// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerErrors } from "../src/interfaces/ITreeLedgerErrors.sol";
import { ITreeLedgerEvents } from "../src/interfaces/ITreeLedgerEvents.sol";
import { ITreeLedgerTypes } from "../src/interfaces/ITreeLedgerTypes.sol";
import { Holders } from "./utils/Holders.sol";
import { LedgerTest } from "./utils/LedgerTest.sol";
import { BatchRootHarness } from "./utils/PlainBatchRoot.sol";
import { Pausable } from "@openzeppelin/contracts/utils/Pausable.sol";

contract MintTest is LedgerTest {
    function testFuzz_mint_keepsThePlainRootAndTellsTheHolders(uint256 size, bytes32 seed)
        public
        givenEndorsed(6500)
    {
        bytes memory holders = Holders.from(seed, bound(size, 1, 300));
        bytes32 root = new BatchRootHarness().plainRoot(_tree(LOT, 0), holders);

        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.BatchMinted(LOT, 0, root, holders);
        vm.prank(MINTER);
        vm.assertEq(ledger.mint(LOT, 0, holders), root);
        vm.assertEq(ledger.rootOf(_tree(LOT, 0)), root);
        vm.assertEq(uint256(ledger.lotOf(LOT).minted), holders.length / 20);
    }

    function testFuzz_mint_tellsOfALaterBatchByItsFirstSerial(uint256 first, uint256 size)
        public
        givenEndorsed(6500)
    {
        uint32 serial = uint32(bound(first, 1, 300));
        bytes memory holders = Holders.from("later", bound(size, 1, 300));
        bytes32 root = new BatchRootHarness().plainRoot(_tree(LOT, serial), holders);
        _mint(LOT, 0, serial);

        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.BatchMinted(LOT, serial, root, holders);
        vm.prank(MINTER);
        ledger.mint(LOT, serial, holders);
    }

    function test_mint_batchesFollowOneAnotherWithoutAGap() public givenEndorsed(100) {
        bytes32 first = _mint(LOT, 0, 10);
        bytes32 second = _mint(LOT, 10, 5);
        vm.assertEq(ledger.rootOf(_tree(LOT, 0)), first);
        vm.assertEq(ledger.rootOf(_tree(LOT, 10)), second);
        vm.assertEq(uint256(ledger.lotOf(LOT).minted), 15);
        vm.assertTrue(ledger.status(_tree(LOT, 14)).isMinted);
        vm.assertFalse(ledger.status(_tree(LOT, 15)).isMinted);
    }

    function test_mint_takesTheLargestBatchAndFillsTheLot() public givenEndorsed(6500) {
        _mint(LOT, 0, 6500);
        vm.assertEq(uint256(ledger.lotOf(LOT).minted), 6500);
    }

    function testFuzz_mint_revertsForAnyoneButTheMinter(address caller) public givenEndorsed(10) {
        vm.assume(caller != MINTER);
        _expectUnauthorised(caller, ledger.minterOf(PROGRAMME));
        vm.prank(caller);
        ledger.mint(LOT, 0, new bytes(20));
    }

    function test_mint_revertsForTheMinterOfAnotherProgramme() public givenEndorsed(10) {
        bytes32 theirs = ledger.minterOf(OTHER_PROGRAMME);
        vm.startPrank(ADMIN);
        ledger.openProgramme(OTHER_PROGRAMME, "GFOREST");
        ledger.grantRole(theirs, ANYBODY);
        vm.stopPrank();
        _expectUnauthorised(ANYBODY, ledger.minterOf(PROGRAMME));
        vm.prank(ANYBODY);
        ledger.mint(LOT, 0, new bytes(20));
    }

    function testFuzz_mint_revertsForAnUnknownLot(uint64 lot) public givenEndorsed(10) {
        vm.assume(lot != LOT);
        vm.expectRevert(abi.encodeWithSelector(ITreeLedgerErrors.LotUnknown.selector, lot));
        vm.prank(MINTER);
        ledger.mint(lot, 0, new bytes(20));
    }

    function testFuzz_mint_revertsForASerialThatNeedsMoreThan32Bits(uint256 serial)
        public
        givenEndorsed(10)
    {
        serial = bound(serial, uint256(1) << 32, type(uint256).max);
        bytes memory call =
            abi.encodeWithSelector(ledger.mint.selector, LOT, serial, new bytes(20));
        vm.prank(MINTER);
        (bool isTaken,) = address(ledger).call(call);
        vm.assertFalse(isTaken);
    }

    function testFuzz_mint_revertsUnlessTheSerialIsTheNext(uint32 serial) public givenMinted(10) {
        vm.assume(serial != 10);
        vm.expectRevert(
            abi.encodeWithSelector(
                ITreeLedgerErrors.UnexpectedSerial.selector, LOT, uint32(10), serial
            )
        );
        vm.prank(MINTER);
        ledger.mint(LOT, serial, new bytes(20));
    }

    function test_mint_revertsForTheSameCallAgain() public givenEndorsed(100) {
        _mint(LOT, 0, 10);
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedgerErrors.UnexpectedSerial.selector, LOT, uint32(10), 0)
        );
        vm.prank(MINTER);
        ledger.mint(LOT, 0, Holders.from(bytes32(uint256(LOT)), 10));
        vm.assertEq(uint256(ledger.lotOf(LOT).minted), 10);
    }

    function testFuzz_mint_revertsAboveTheCap(uint32 cap, uint256 size) public {
        cap = uint32(bound(cap, 0, 400));
        size = bound(size, cap + 1, 500);
        _openLot(LOT, ITreeLedgerTypes.Unit.TREE);
        _state(LOT, ITreeLedgerTypes.Stage.ENDORSEMENT, cap);
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedgerErrors.CapExceeded.selector, LOT, cap, size)
        );
        vm.prank(MINTER);
        ledger.mint(LOT, 0, new bytes(20 * size));
    }

    function test_mint_revertsBeforeAnyEndorsement() public givenLot {
        vm.expectRevert(abi.encodeWithSelector(ITreeLedgerErrors.CapExceeded.selector, LOT, 0, 1));
        vm.prank(MINTER);
        ledger.mint(LOT, 0, new bytes(20));
    }

    function test_mint_revertsBeyondTheLastSerial() public givenEndorsed(type(uint32).max) {
        uint32 next = type(uint32).max - 1;
        _skipTo(next);
        vm.expectRevert(
            abi.encodeWithSelector(
                ITreeLedgerErrors.CapExceeded.selector, LOT, type(uint32).max, uint256(next) + 2
            )
        );
        vm.prank(MINTER);
        ledger.mint(LOT, next, new bytes(40));

        _mint(LOT, next, 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                ITreeLedgerErrors.CapExceeded.selector, LOT, type(uint32).max, uint256(1) << 32
            )
        );
        vm.prank(MINTER);
        ledger.mint(LOT, type(uint32).max, new bytes(20));
    }

    function test_mint_revokingNeverReopensRoom() public givenMinted(10) {
        _revoke(_tree(LOT, 3));
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedgerErrors.CapExceeded.selector, LOT, uint32(10), 11)
        );
        vm.prank(MINTER);
        ledger.mint(LOT, 10, new bytes(20));
    }

    function testFuzz_mint_revertsForRaggedHolders(uint256 length) public givenEndorsed(6500) {
        length = bound(length, 1, 130_000);
        vm.assume(length % 20 != 0);
        vm.expectRevert(abi.encodeWithSelector(ITreeLedgerErrors.RaggedHolders.selector, length));
        vm.prank(MINTER);
        ledger.mint(LOT, 0, new bytes(length));
    }

    function test_mint_revertsForNoHoldersAndForOneTooMany() public givenEndorsed(10_000) {
        vm.startPrank(MINTER);
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedgerErrors.BatchSizeOutOfRange.selector, 0, 6500)
        );
        ledger.mint(LOT, 0, "");
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedgerErrors.BatchSizeOutOfRange.selector, 6501, 6500)
        );
        ledger.mint(LOT, 0, new bytes(20 * 6501));
    }

    function test_mint_refusesTooManyHoldersBeforeItHashesThem() public givenEndorsed(10_000) {
        bytes memory call = abi.encodeCall(ledger.mint, (LOT, 0, new bytes(20 * 6501)));
        uint256 before = gasleft();
        vm.prank(MINTER);
        (bool isTaken,) = address(ledger).call(call);
        vm.assertFalse(isTaken);
        vm.assertLe(before - gasleft(), 300_000); // hashing alone would take 1,700,000
    }

    function test_mint_revertsWhilePausedAndGoesOnAfter() public givenEndorsed(10) givenPaused {
        vm.expectRevert(Pausable.EnforcedPause.selector);
        vm.prank(MINTER);
        ledger.mint(LOT, 0, new bytes(20));

        vm.prank(PAUSER);
        ledger.unpause();
        _mint(LOT, 0, 1);
    }

    function test_pausing_stopsNothingElse() public givenMinted(10) givenPaused {
        _openLot(LOT + 1, ITreeLedgerTypes.Unit.TREE);
        _state(LOT, ITreeLedgerTypes.Stage.ACCEPTANCE, 10);
        _claim(keccak256("claim"), _tree(LOT, 1));
        vm.prank(OFFICE);
        ledger.release(_only(_tree(LOT, 1)));
        _revoke(_tree(LOT, 1));
        vm.prank(REVOKER);
        ledger.replace(_tree(LOT, 2), _tree(LOT, 3));
        vm.prank(MIRROR);
        ledger.anchor("feed", 1, "root");
        vm.prank(REGISTRAR);
        ledger.setIssuerKey(PROGRAMME, "key", hex"01", 1);
        vm.prank(REGISTRAR);
        ledger.closeLot(LOT);
        bytes32 role = ledger.minterOf(PROGRAMME);
        vm.prank(ADMIN);
        ledger.revokeRole(role, MINTER);
        bytes32 word = Holders.word(Holders.from(bytes32(uint256(LOT)), 1), 0, _tree(LOT, 0));
        vm.assertFalse(ledger.verify(word, 0, new bytes32[](0)));
    }

    function testFuzz_pause_revertsForAnyoneButThePauser(address caller) public {
        vm.assume(caller != PAUSER);
        bytes32 role = ledger.PAUSER();
        _expectUnauthorised(caller, role);
        vm.prank(caller);
        ledger.pause();
        _expectUnauthorised(caller, role);
        vm.prank(caller);
        ledger.unpause();
    }

    function testFuzz_theLedgerTakesNoEther(uint96 value, bytes calldata data) public {
        vm.deal(address(this), value);
        vm.assume(value > 0);
        (bool isTaken,) = address(ledger).call{ value: value }(data);
        vm.assertFalse(isTaken);
        (isTaken,) = address(ledger).call{ value: value }("");
        vm.assertFalse(isTaken);
        vm.assertEq(address(ledger).balance, 0);
    }

    function testFuzz_verify_provesNoWordOutsideTheBatch(bytes32 word, bytes32[] memory proof)
        public
        givenMinted(10)
    {
        vm.assertFalse(ledger.verify(word, 0, proof));
    }

    function testFuzz_verify_provesNoNodeOfTheTree(bytes32 other) public givenMinted(2) {
        // The root of two leaves is a node's hash: given as a word, it proves nothing.
        bytes32[] memory none = new bytes32[](0);
        vm.assertFalse(ledger.verify(ledger.rootOf(_tree(LOT, 0)), 0, none));
        bytes32[] memory one = new bytes32[](1);
        one[0] = other;
        vm.assertFalse(ledger.verify(ledger.rootOf(_tree(LOT, 0)), 0, one));
    }

    function test_verify_provesARecordInItsOwnBatchOnly() public givenEndorsed(100) {
        bytes memory holders = Holders.from(bytes32(uint256(LOT)), 1);
        _mint(LOT, 0, 1);
        _mint(LOT, 1, 1);
        bytes32 word = Holders.word(holders, 0, _tree(LOT, 0));
        bytes32[] memory none = new bytes32[](0);
        vm.assertTrue(ledger.verify(word, 0, none));
        vm.assertFalse(ledger.verify(word, 1, none));
        vm.assertFalse(ledger.verify(word, 2, none));
    }

    /// @notice As if `serial` records had been minted: 4 thousand million do not fit a test.
    function _skipTo(uint32 serial) private {
        bytes32 slot = bytes32(uint256(keccak256(abi.encode(LOT, LOTS_SLOT))) + 3);
        uint256 counts = uint256(vm.load(address(ledger), slot));
        vm.store(address(ledger), slot, bytes32(counts | uint256(serial) << 96));
        vm.assertEq(uint256(ledger.lotOf(LOT).minted), serial);
    }

    uint256 private constant LOTS_SLOT = 6; // forge inspect TreeLedger storageLayout
}
