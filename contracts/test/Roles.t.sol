// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerErrors } from "../src/interfaces/ITreeLedgerErrors.sol";
import { ITreeLedgerEvents } from "../src/interfaces/ITreeLedgerEvents.sol";
import { LedgerTest } from "./utils/LedgerTest.sol";
import {
    IAccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";

contract RolesTest is LedgerTest {
    function test_theRolesOfAProgrammeAreHashesOfItsNumber() public view {
        vm.assertEq(ledger.registrarOf(7), keccak256(abi.encode("treering/registrar", 7)));
        vm.assertEq(ledger.minterOf(7), keccak256(abi.encode("treering/minter", 7)));
        vm.assertEq(ledger.revokerOf(7), keccak256(abi.encode("treering/revoker", 7)));
        vm.assertEq(ledger.INSPECTOR(), keccak256("treering/inspector"));
        vm.assertEq(ledger.REGISTRY(), keccak256("treering/registry"));
        vm.assertEq(ledger.MIRROR(), keccak256("treering/mirror"));
        vm.assertEq(ledger.PAUSER(), keccak256("treering/pauser"));
    }

    function testFuzz_openProgramme_revertsForAnyoneButTheAdmin(address caller) public {
        vm.assume(caller != ADMIN);
        _expectUnauthorised(caller, bytes32(0));
        vm.prank(caller);
        ledger.openProgramme(7, "SEVEN");
    }

    function testFuzz_openProgramme_keepsItsCodeAndTellsOfIt(uint32 programme, bytes32 code)
        public
    {
        vm.assume(programme != PROGRAMME && code != 0);
        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.ProgrammeOpened(programme, code);
        vm.prank(ADMIN);
        ledger.openProgramme(programme, code);
        vm.assertEq(ledger.programmeCode(programme), code);
    }

    function test_openProgramme_revertsTheSecondTime() public {
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedgerErrors.ProgrammeExists.selector, PROGRAMME)
        );
        vm.prank(ADMIN);
        ledger.openProgramme(PROGRAMME, "AGAIN");
    }

    function test_openProgramme_revertsWithoutACode() public {
        vm.expectRevert(ITreeLedgerErrors.ZeroValue.selector);
        vm.prank(ADMIN);
        ledger.openProgramme(7, 0);
    }

    function testFuzz_grantRole_revertsForAnyoneButTheAdmin(address caller, uint256 which) public {
        vm.assume(caller != ADMIN);
        bytes32 role = _role(which);
        _expectUnauthorised(caller, bytes32(0));
        vm.prank(caller);
        ledger.grantRole(role, caller);
    }

    function testFuzz_revokeRole_revertsForAnyoneButTheAdmin(address caller) public {
        vm.assume(caller != ADMIN);
        bytes32 role = ledger.minterOf(PROGRAMME);
        _expectUnauthorised(caller, bytes32(0));
        vm.prank(caller);
        ledger.revokeRole(role, MINTER);
    }

    function testFuzz_grantRole_revertsForARoleThatIsNoneOfOurs(bytes32 role) public {
        for (uint256 which = 0; which < 7; ++which) {
            vm.assume(role != _role(which));
        }
        vm.assume(role != 0);
        vm.expectRevert(abi.encodeWithSelector(ITreeLedgerErrors.RoleUnknown.selector, role));
        vm.prank(ADMIN);
        ledger.grantRole(role, ANYBODY);
    }

    function testFuzz_grantRole_revertsUntilTheProgrammeIsOpened(uint32 programme) public {
        vm.assume(programme != PROGRAMME);
        bytes32 role = ledger.minterOf(programme);
        vm.expectRevert(abi.encodeWithSelector(ITreeLedgerErrors.RoleUnknown.selector, role));
        vm.prank(ADMIN);
        ledger.grantRole(role, ANYBODY);

        vm.startPrank(ADMIN);
        ledger.openProgramme(programme, "OPENED");
        ledger.grantRole(role, ANYBODY);
        vm.assertTrue(ledger.hasRole(role, ANYBODY));
    }

    function test_grantRole_revertsForNobody() public {
        for (uint256 which = 0; which < 7; ++which) {
            bytes32 role = _role(which);
            vm.expectRevert(ITreeLedgerErrors.ZeroValue.selector);
            vm.prank(ADMIN);
            ledger.grantRole(role, address(0));
        }
    }

    function test_grantRole_refusesASecondDutyInEitherOrder() public {
        bytes32[3] memory roles =
            [ledger.INSPECTOR(), ledger.registrarOf(PROGRAMME), ledger.minterOf(PROGRAMME)];
        for (uint256 i = 0; i < 9; ++i) {
            (bytes32 first, bytes32 second) = (roles[i / 3], roles[i % 3]);
            if (first != second) _refusesSecond(address(uint160(0x1000 + i)), first, second);
        }
    }

    function test_grantRole_refusesASecondDutyInAnotherProgramme() public {
        _openOtherProgramme();
        _refusesSecond(ANYBODY, ledger.registrarOf(PROGRAMME), ledger.minterOf(OTHER_PROGRAMME));
    }

    function test_grantRole_givesOneDutyInSeveralProgrammes() public {
        _openOtherProgramme();
        vm.assertTrue(ledger.hasRole(ledger.minterOf(PROGRAMME), MINTER));
        vm.assertTrue(ledger.hasRole(ledger.minterOf(OTHER_PROGRAMME), MINTER));

        // Losing one of two leaves the duty with him.
        bytes32 role = ledger.minterOf(PROGRAMME);
        vm.prank(ADMIN);
        ledger.revokeRole(role, MINTER);
        _refuses(MINTER, ledger.INSPECTOR());
    }

    function test_grantRole_twiceCountsOnce() public {
        bytes32 role = ledger.minterOf(PROGRAMME);
        vm.startPrank(ADMIN);
        ledger.grantRole(role, MINTER);
        ledger.revokeRole(role, MINTER);
        ledger.revokeRole(role, MINTER);
        ledger.grantRole(ledger.registrarOf(PROGRAMME), MINTER);
        vm.assertTrue(ledger.hasRole(ledger.registrarOf(PROGRAMME), MINTER));
    }

    function test_grantRole_givesAnotherDutyOnceTheFirstIsGivenUp() public {
        bytes32 role = ledger.minterOf(PROGRAMME);
        vm.prank(MINTER);
        ledger.renounceRole(role, MINTER);

        bytes32 other = ledger.registrarOf(PROGRAMME);
        vm.prank(ADMIN);
        ledger.grantRole(other, MINTER);
        vm.assertTrue(ledger.hasRole(other, MINTER));
        _refuses(MINTER, role);
    }

    function test_grantRole_leavesTheOtherRolesFreeBesideADuty() public {
        vm.startPrank(ADMIN);
        address[3] memory holders = [MINTER, REGISTRAR, inspector];
        for (uint256 i = 0; i < holders.length; ++i) {
            ledger.grantRole(ledger.PAUSER(), holders[i]);
            ledger.grantRole(ledger.revokerOf(PROGRAMME), holders[i]);
            ledger.grantRole(ledger.REGISTRY(), holders[i]);
            ledger.grantRole(ledger.MIRROR(), holders[i]);
            vm.assertTrue(ledger.hasRole(ledger.revokerOf(PROGRAMME), holders[i]));
        }
    }

    function test_theAdminChangesInTwoStepsAndAfterTheDelay() public {
        vm.prank(ADMIN);
        ledger.beginDefaultAdminTransfer(ANYBODY);
        vm.prank(ANYBODY);
        vm.expectRevert();
        ledger.acceptDefaultAdminTransfer();

        vm.warp(block.timestamp + 1 days + 1);
        vm.prank(ANYBODY);
        ledger.acceptDefaultAdminTransfer();
        vm.assertEq(ledger.defaultAdmin(), ANYBODY);
        vm.assertFalse(ledger.hasRole(0, ADMIN));
    }

    function test_theAdminRoleIsNeverGrantedAtOnce() public {
        vm.expectRevert(
            IAccessControlDefaultAdminRules.AccessControlEnforcedDefaultAdminRules.selector
        );
        vm.prank(ADMIN);
        ledger.grantRole(0, ANYBODY);
    }

    function _refusesSecond(address account, bytes32 first, bytes32 second) private {
        vm.prank(ADMIN);
        ledger.grantRole(first, account);
        _refuses(account, second);
    }

    function _refuses(address account, bytes32 role) private {
        vm.expectRevert(abi.encodeWithSelector(ITreeLedgerErrors.DutiesConflict.selector, account));
        vm.prank(ADMIN);
        ledger.grantRole(role, account);
        vm.assertFalse(ledger.hasRole(role, account));
    }

    function _role(uint256 which) private view returns (bytes32) {
        return [
            ledger.INSPECTOR(),
            ledger.REGISTRY(),
            ledger.MIRROR(),
            ledger.PAUSER(),
            ledger.registrarOf(PROGRAMME),
            ledger.minterOf(PROGRAMME),
            ledger.revokerOf(PROGRAMME)
        ][which % 7];
    }
}
