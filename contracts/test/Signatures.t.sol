// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerErrors } from "../src/interfaces/ITreeLedgerErrors.sol";
import { ITreeLedgerTypes } from "../src/interfaces/ITreeLedgerTypes.sol";
import { LedgerTest } from "./utils/LedgerTest.sol";
import { Institute, Reentrant, Statements } from "./utils/Signing.sol";

contract SignaturesTest is LedgerTest {
    ITreeLedgerTypes.Stage internal constant ENDORSEMENT = ITreeLedgerTypes.Stage.ENDORSEMENT;

    function testFuzz_state_revertsWhereTheSignerMayNotInspect(uint256 key) public givenLot {
        key = bound(key, 1, type(uint128).max);
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 1);
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
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 1);
        bytes memory signature = _sign(key, _digest(statement));
        _refusesSignature(statement, signature);
    }

    function testFuzz_state_revertsWhereTheSignedCountWasChanged(uint32 count) public givenLot {
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
        bytes memory signature = _signed(statement);
        vm.assume(count != 100);
        statement.count = count;
        _refusesSignature(statement, signature);
    }

    function test_state_revertsForAReplay() public givenLot {
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
        bytes memory signature = _signed(statement);
        bytes32 id = ledger.state(statement, inspector, signature);
        vm.expectRevert(
            abi.encodeWithSelector(
                ITreeLedgerErrors.UnexpectedPredecessor.selector, LOT, ENDORSEMENT, id, bytes32(0)
            )
        );
        ledger.state(statement, inspector, signature);
    }

    function testFuzz_state_revertsForAStatementOfAnotherChain(uint64 chain) public givenLot {
        vm.assume(chain != block.chainid && chain != 0);
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
        bytes32 digest = Statements.digest(statement, chain, address(ledger));
        _refusesSignature(statement, _sign(INSPECTOR_KEY, digest));
    }

    function test_state_revertsForAStatementFromBeforeTheChainSplit() public givenLot {
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
        bytes memory signature = _signed(statement);
        vm.chainId(block.chainid + 1);
        _refusesSignature(statement, signature);
    }

    function testFuzz_state_revertsForAStatementOfAnotherContract(address other) public givenLot {
        vm.assume(other != address(ledger));
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
        bytes32 digest = Statements.digest(statement, block.chainid, other);
        _refusesSignature(statement, _sign(INSPECTOR_KEY, digest));
    }

    function test_state_revertsForAMalleableSignature() public givenLot {
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
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
        address institute = address(new Institute(vm.addr(77), vm.addr(78)));
        bytes32 role = ledger.INSPECTOR();
        vm.prank(ADMIN);
        ledger.grantRole(role, institute);
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
        bytes memory first = _sign(77, _digest(statement));
        bytes memory second = _sign(78, _digest(statement));

        _refusesAll(statement, institute, [first, second, bytes.concat(second, first), ""]);
        ledger.state(statement, institute, bytes.concat(first, second));
        vm.assertEq(uint256(ledger.capOf(LOT)), 100);
        vm.assertEq(uint256(ledger.nonceOf(institute)), 1);
    }

    function _refusesAll(
        ITreeLedgerTypes.Statement memory statement,
        address institute,
        bytes[4] memory signatures
    ) private {
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(ITreeLedgerErrors.BadSignature.selector, institute)
            );
            ledger.state(statement, institute, signatures[i]);
        }
    }

    function test_state_givesAContractNoWayToWriteWhileItIsAsked() public givenLot {
        Reentrant reentrant = new Reentrant(ledger);
        vm.startPrank(ADMIN);
        ledger.grantRole(ledger.INSPECTOR(), address(reentrant));
        ledger.grantRole(ledger.PAUSER(), address(reentrant));
        vm.stopPrank();
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedgerErrors.BadSignature.selector, address(reentrant))
        );
        ledger.state(statement, address(reentrant), "");
        vm.assertFalse(ledger.paused());
    }

    function test_state_revertsOnceTheInspectorLostHisRole() public givenLot {
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 100);
        bytes memory signature = _signed(statement);
        bytes32 role = ledger.INSPECTOR();
        vm.prank(ADMIN);
        ledger.revokeRole(role, inspector);
        _expectUnauthorised(inspector, role);
        ledger.state(statement, inspector, signature);
    }

    function _refusesSignature(ITreeLedgerTypes.Statement memory statement, bytes memory signature)
        private
    {
        vm.expectRevert(abi.encodeWithSelector(ITreeLedgerErrors.BadSignature.selector, inspector));
        ledger.state(statement, inspector, signature);
    }
}
