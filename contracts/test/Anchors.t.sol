// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { TreeLedger } from "../src/TreeLedger.sol";
import { ITreeLedgerErrors } from "../src/interfaces/ITreeLedgerErrors.sol";
import { ITreeLedgerEvents } from "../src/interfaces/ITreeLedgerEvents.sol";
import { ITreeLedgerTypes } from "../src/interfaces/ITreeLedgerTypes.sol";
import { LedgerTest } from "./utils/LedgerTest.sol";

contract AnchorsTest is LedgerTest {
    bytes32 internal constant FEED = "registry";
    bytes32 internal constant KEY_ID = keccak256("key");

    // ---------------------------------------------------------------------------------- feeds

    function testFuzz_anchor_keepsTheHeadAndTellsTheOldOne(uint64 size, bytes32 root) public {
        vm.assume(root != 0);
        size = uint64(bound(size, 11, type(uint64).max));
        _anchor(10, "ten");
        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.FeedAnchored(FEED, 10, "ten", size, root);
        _anchor(size, root);
        (uint64 keptSize, bytes32 keptRoot) = ledger.feedHead(FEED);
        vm.assertEq(uint256(keptSize), size);
        vm.assertEq(keptRoot, root);
    }

    function test_anchor_takesTheSameHeadAgain() public {
        _anchor(10, "ten");
        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.FeedAnchored(FEED, 10, "ten", 10, "ten");
        _anchor(10, "ten");
    }

    function testFuzz_anchor_revertsForAnyoneButTheMirror(address caller) public {
        vm.assume(caller != MIRROR);
        _expectUnauthorised(caller, ledger.MIRROR());
        vm.prank(caller);
        ledger.anchor(FEED, 1, "one");
    }

    function testFuzz_anchor_revertsWhereTheFeedWouldShrink(uint64 size) public {
        size = uint64(bound(size, 1, 9));
        _anchor(10, "ten");
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedgerErrors.FeedShrinks.selector, FEED, uint64(10), size)
        );
        _anchor(size, "less");
    }

    function testFuzz_anchor_revertsWhereTheRootAloneWouldChange(bytes32 root) public {
        vm.assume(root != "ten" && root != 0);
        _anchor(10, "ten");
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedgerErrors.FeedRootChanges.selector, FEED, uint64(10))
        );
        _anchor(10, root);
    }

    function test_anchor_revertsWithoutAFeedASizeOrARoot() public {
        vm.startPrank(MIRROR);
        vm.expectRevert(ITreeLedgerErrors.ZeroValue.selector);
        ledger.anchor(0, 1, "root");
        vm.expectRevert(ITreeLedgerErrors.ZeroValue.selector);
        ledger.anchor(FEED, 0, "root");
        vm.expectRevert(ITreeLedgerErrors.ZeroValue.selector);
        ledger.anchor(FEED, 1, 0);
    }

    // ------------------------------------------------------------------------------ issuer keys

    function testFuzz_setIssuerKey_keepsTheKeyAndTellsOfIt(
        bytes32 keyId,
        bytes calldata key,
        uint64 from
    ) public {
        vm.assume(keyId != 0 && key.length != 0 && from != 0);
        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.IssuerKeySet(PROGRAMME, keyId, key, from);
        vm.prank(REGISTRAR);
        ledger.setIssuerKey(PROGRAMME, keyId, key, from);
        ITreeLedgerTypes.IssuerKey memory kept = ledger.issuerKey(PROGRAMME, keyId);
        vm.assertEq(kept.publicKey, key);
        vm.assertEq(uint256(kept.from), from);
        vm.assertEq(uint256(kept.until), 0);
        vm.assertEq(ledger.issuerKey(OTHER_PROGRAMME, keyId).publicKey, "");
    }

    function testFuzz_setIssuerKey_revertsForAnyoneButTheRegistrar(address caller) public {
        vm.assume(caller != REGISTRAR);
        _expectUnauthorised(caller, ledger.registrarOf(PROGRAMME));
        vm.prank(caller);
        ledger.setIssuerKey(PROGRAMME, KEY_ID, hex"01", 1);
    }

    function test_setIssuerKey_revertsInAProgrammeNotOpened() public {
        vm.expectRevert(abi.encodeWithSelector(ITreeLedgerErrors.ProgrammeUnknown.selector, 7));
        vm.prank(REGISTRAR);
        ledger.setIssuerKey(7, KEY_ID, hex"01", 1);
    }

    function test_setIssuerKey_revertsTheSecondTimeEvenOnceRetired() public givenKey {
        bytes memory refusal =
            abi.encodeWithSelector(ITreeLedgerErrors.KeyExists.selector, PROGRAMME, KEY_ID);
        vm.startPrank(REGISTRAR);
        vm.expectRevert(refusal);
        ledger.setIssuerKey(PROGRAMME, KEY_ID, hex"02", 2);
        ledger.retireIssuerKey(PROGRAMME, KEY_ID, 200);
        vm.expectRevert(refusal);
        ledger.setIssuerKey(PROGRAMME, KEY_ID, hex"02", 2);
    }

    function test_setIssuerKey_revertsWithoutAnIdAKeyOrADate() public {
        vm.startPrank(REGISTRAR);
        vm.expectRevert(ITreeLedgerErrors.ZeroValue.selector);
        ledger.setIssuerKey(PROGRAMME, 0, hex"01", 1);
        vm.expectRevert(ITreeLedgerErrors.ZeroValue.selector);
        ledger.setIssuerKey(PROGRAMME, KEY_ID, "", 1);
        vm.expectRevert(ITreeLedgerErrors.ZeroValue.selector);
        ledger.setIssuerKey(PROGRAMME, KEY_ID, hex"01", 0);
    }

    function test_retireIssuerKey_keepsTheKeyAndItsDates() public givenKey {
        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.IssuerKeyRetired(PROGRAMME, KEY_ID, 0, 200);
        _retire(200);
        ITreeLedgerTypes.IssuerKey memory kept = ledger.issuerKey(PROGRAMME, KEY_ID);
        vm.assertEq(kept.publicKey, hex"0102");
        vm.assertEq(uint256(kept.from), 100);
        vm.assertEq(uint256(kept.until), 200);
    }

    function testFuzz_retireIssuerKey_isNeverPutOff(uint64 until) public givenKey {
        until = uint64(bound(until, 200, type(uint64).max));
        _retire(200);
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedgerErrors.KeyIsRetired.selector, PROGRAMME, KEY_ID)
        );
        _retire(until);
    }

    function test_retireIssuerKey_mayBeBroughtForward() public givenKey {
        _retire(200);
        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.IssuerKeyRetired(PROGRAMME, KEY_ID, 200, 150);
        _retire(150);
        vm.assertEq(uint256(ledger.issuerKey(PROGRAMME, KEY_ID).until), 150);
    }

    function test_retireIssuerKey_revertsForAnUnknownKeyOrNoDate() public givenKey {
        vm.expectRevert(
            abi.encodeWithSelector(
                ITreeLedgerErrors.KeyUnknown.selector, PROGRAMME, bytes32("other")
            )
        );
        vm.prank(REGISTRAR);
        ledger.retireIssuerKey(PROGRAMME, "other", 200);
        vm.expectRevert(ITreeLedgerErrors.ZeroValue.selector);
        _retire(0);
    }

    function testFuzz_retireIssuerKey_revertsForAnyoneButTheRegistrar(address caller)
        public
        givenKey
    {
        vm.assume(caller != REGISTRAR);
        _expectUnauthorised(caller, ledger.registrarOf(PROGRAMME));
        vm.prank(caller);
        ledger.retireIssuerKey(PROGRAMME, KEY_ID, 200);
    }

    // -------------------------------------------------------------- predecessor and successor

    function testFuzz_aLedgerNamesItsPredecessor(address previous) public {
        vm.assertEq(new TreeLedger(1, ADMIN, previous).predecessor(), previous);
    }

    function test_aLedgerNeedsAnAdmin() public {
        vm.expectRevert();
        new TreeLedger(1, address(0), address(0));
    }

    function testFuzz_nameSuccessor_revertsForAnyoneButTheAdmin(address caller) public {
        vm.assume(caller != ADMIN);
        _expectUnauthorised(caller, bytes32(0));
        vm.prank(caller);
        ledger.nameSuccessor(caller);
    }

    function testFuzz_nameSuccessor_isKeptForGood(address next, address other) public {
        vm.assume(next != address(0) && other != address(0));
        vm.startPrank(ADMIN);
        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.SuccessorNamed(next);
        ledger.nameSuccessor(next);
        vm.expectRevert(abi.encodeWithSelector(ITreeLedgerErrors.SuccessorExists.selector, next));
        ledger.nameSuccessor(other);
        vm.assertEq(ledger.successor(), next);
    }

    function test_nameSuccessor_revertsForNobody() public {
        vm.expectRevert(ITreeLedgerErrors.ZeroValue.selector);
        vm.prank(ADMIN);
        ledger.nameSuccessor(address(0));
    }

    modifier givenKey() {
        vm.prank(REGISTRAR);
        ledger.setIssuerKey(PROGRAMME, KEY_ID, hex"0102", 100);
        _;
    }

    function _anchor(uint64 size, bytes32 root) private {
        vm.prank(MIRROR);
        ledger.anchor(FEED, size, root);
    }

    function _retire(uint64 until) private {
        vm.prank(REGISTRAR);
        ledger.retireIssuerKey(PROGRAMME, KEY_ID, until);
    }
}
