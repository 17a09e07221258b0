// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedger } from "../src/interfaces/ITreeLedger.sol";
import { LedgerTest } from "./utils/LedgerTest.sol";
import { Institute, Reentrant, Statements } from "./utils/Signing.sol";

contract SignaturesTest is LedgerTest {
    ITreeLedger.Stage internal constant ENDORSEMENT = ITreeLedger.Stage.ENDORSEMENT;

    function testFuzz_state_revertsWhereTheSignerMayNotInspect(uint256 key) public givenLot {
        key = bound(key, 1, type(uint128).max);
        ITreeLedger.Statement memory statement = _statement(LOT, ENDORSEMENT, 1);
        address signer = vm.addr(key);
        vm.assume(signer != inspector);
        bytes memory signature = _sign(key, _digest(statement));
        _expectUnauthorised(signer, ledger.INSPECTOR());
        ledger.state(statement, signer, signature);
    }

    function testFuzz_state_revertsForAnybodysSignatureInTheInspectorsName(uint256 key)
        public
        givenLot
    {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != INSPECTOR_KEY);
        ITreeLedger.Statement memory statement = _statement(LOT, ENDORSEMENT, 1);
        bytes memory signature = _sign(key, _digest(statement));
        _refusesSignature(statement, signature);
    }

    function testFuzz_state_revertsWhereTheSignedCountWasChanged(uint32 count) public givenLot {
        ITreeLedger.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
        bytes memory signature = _signed(statement);
        vm.assume(count != 100);
        statement.count = count;
        _refusesSignature(statement, signature);
    }

    function test_state_revertsForAReplay() public givenLot {
        ITreeLedger.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
        bytes memory signature = _signed(statement);
        bytes32 id = ledger.state(statement, inspector, signature);
        vm.expectRevert(
            abi.encodeWithSelector(
                ITreeLedger.UnexpectedPredecessor.selector, LOT, ENDORSEMENT, id, bytes32(0)
            )
        );
        ledger.state(statement, inspector, signature);
    }

    function testFuzz_state_revertsForAStatementOfAnotherChain(uint64 chain) public givenLot {
        vm.assume(chain != block.chainid && chain != 0);
        ITreeLedger.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
        bytes32 digest = Statements.digest(statement, chain, address(ledger));
        _refusesSignature(statement, _sign(INSPECTOR_KEY, digest));
    }

    function test_state_revertsForAStatementFromBeforeTheChainSplit() public givenLot {
        ITreeLedger.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
        bytes memory signature = _signed(statement);
        vm.chainId(block.chainid + 1);
        _refusesSignature(statement, signature);
    }

    function testFuzz_state_revertsForAStatementOfAnotherContract(address other) public givenLot {
        vm.assume(other != address(ledger));
        ITreeLedger.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
        bytes32 digest = Statements.digest(statement, block.chainid, other);
        _refusesSignature(statement, _sign(INSPECTOR_KEY, digest));
    }

    function test_state_revertsForAMalleableSignature() public givenLot {
        ITreeLedger.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(INSPECTOR_KEY, _digest(statement));
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        bytes32 highS = bytes32(order - uint256(s));
        _refusesSignature(statement, abi.encodePacked(r, highS, v == 27 ? 28 : 27));
    }

    function testFuzz_state_revertsForAnyBytesThatAreNoSignature(bytes calldata signature)
        public
        givenLot
    {
        _refusesSignature(_statement(LOT, ENDORSEMENT, 100), signature);
    }

    function test_state_isTakenFromAnInstituteThatSignsByContract() public givenLot {
        Institute institute = new Institute(vm.addr(77));
        bytes32 role = ledger.INSPECTOR();
        vm.prank(ADMIN);
        ledger.grantRole(role, address(institute));
        ITreeLedger.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);

        bytes memory wrong = _sign(78, _digest(statement));
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedger.BadSignature.selector, address(institute))
        );
        ledger.state(statement, address(institute), wrong);

        ledger.state(statement, address(institute), _sign(77, _digest(statement)));
        vm.assertEq(uint256(ledger.capOf(LOT)), 100);
        vm.assertEq(uint256(ledger.nonceOf(address(institute))), 1);
    }

    function test_state_givesAContractNoWayToWriteWhileItIsAsked() public givenLot {
        Reentrant reentrant = new Reentrant(ledger);
        vm.startPrank(ADMIN);
        ledger.grantRole(ledger.INSPECTOR(), address(reentrant));
        ledger.grantRole(ledger.PAUSER(), address(reentrant));
        vm.stopPrank();
        ITreeLedger.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedger.BadSignature.selector, address(reentrant))
        );
        ledger.state(statement, address(reentrant), "");
        vm.assertFalse(ledger.paused());
    }

    function test_state_revertsOnceTheInspectorLostHisRole() public givenLot {
        ITreeLedger.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
        bytes memory signature = _signed(statement);
        bytes32 role = ledger.INSPECTOR();
        vm.prank(ADMIN);
        ledger.revokeRole(role, inspector);
        _expectUnauthorised(inspector, role);
        ledger.state(statement, inspector, signature);
    }

    function _refusesSignature(ITreeLedger.Statement memory statement, bytes memory signature)
        private
    {
        vm.expectRevert(abi.encodeWithSelector(ITreeLedger.BadSignature.selector, inspector));
        ledger.state(statement, inspector, signature);
    }
}
