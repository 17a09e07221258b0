// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerErrors } from "../src/interfaces/ITreeLedgerErrors.sol";
import { ITreeLedgerEvents } from "../src/interfaces/ITreeLedgerEvents.sol";
import { ITreeLedgerTypes } from "../src/interfaces/ITreeLedgerTypes.sol";
import { LedgerTest } from "./utils/LedgerTest.sol";

contract LotsTest is LedgerTest {
    function testFuzz_openLot_keepsItsTermsAndTellsOfThem(
        uint32 number,
        bytes32 site,
        bytes16 species,
        uint16 year,
        bytes32 dossier
    ) public {
        vm.assume(site != 0 && species != 0 && dossier != 0);
        year = uint16(bound(year, 1981, 9998));
        uint64 lot = uint64(PROGRAMME) << 32 | number;
        ITreeLedgerTypes.Terms memory terms =
            ITreeLedgerTypes.Terms(site, species, year, ITreeLedgerTypes.Unit.M2, dossier);

        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.LotOpened(
            lot, site, year, species, ITreeLedgerTypes.Unit.M2, dossier
        );
        vm.prank(REGISTRAR);
        ledger.openLot(lot, terms);
        vm.assertEq(abi.encode(ledger.lotOf(lot).terms), abi.encode(terms));
    }

    function testFuzz_openLot_revertsForAnyoneButTheRegistrar(address caller) public {
        vm.assume(caller != REGISTRAR);
        _expectUnauthorised(caller, ledger.registrarOf(PROGRAMME));
        vm.prank(caller);
        ledger.openLot(LOT, _terms(ITreeLedgerTypes.Unit.TREE));
    }

    function test_openLot_revertsForTheRegistrarOfAnotherProgramme() public {
        bytes32 role = ledger.registrarOf(OTHER_PROGRAMME);
        vm.prank(ADMIN);
        ledger.openProgramme(OTHER_PROGRAMME, "GFOREST");
        _expectUnauthorised(REGISTRAR, role);
        vm.prank(REGISTRAR);
        ledger.openLot(uint64(OTHER_PROGRAMME) << 32 | 1, _terms(ITreeLedgerTypes.Unit.TREE));
    }

    function testFuzz_openLot_revertsInAProgrammeNotOpened(uint64 lot) public {
        vm.assume(lot >> 32 != PROGRAMME);
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedgerErrors.ProgrammeUnknown.selector, uint32(lot >> 32))
        );
        vm.prank(REGISTRAR);
        ledger.openLot(lot, _terms(ITreeLedgerTypes.Unit.TREE));
    }

    function test_openLot_revertsTheSecondTime() public givenLot {
        vm.expectRevert(abi.encodeWithSelector(ITreeLedgerErrors.LotExists.selector, LOT));
        vm.prank(REGISTRAR);
        ledger.openLot(LOT, _terms(ITreeLedgerTypes.Unit.M2));
    }

    function testFuzz_openLot_revertsOutsideTheYears1981To9998(uint16 year) public {
        vm.assume(year < 1981 || year > 9998);
        ITreeLedgerTypes.Terms memory terms = _terms(ITreeLedgerTypes.Unit.TREE);
        terms.year = year;
        vm.expectRevert(abi.encodeWithSelector(ITreeLedgerErrors.YearOutOfRange.selector, year));
        vm.prank(REGISTRAR);
        ledger.openLot(LOT, terms);
    }

    function test_openLot_revertsWhereATermIsMissing() public {
        ITreeLedgerTypes.Terms[4] memory incomplete;
        for (uint256 i = 0; i < 4; ++i) {
            incomplete[i] = _terms(ITreeLedgerTypes.Unit.TREE);
        }
        incomplete[0].site = 0;
        incomplete[1].species = 0;
        incomplete[2].dossier = 0;
        incomplete[3].unit = ITreeLedgerTypes.Unit.NONE;
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(ITreeLedgerErrors.ZeroValue.selector);
            vm.prank(REGISTRAR);
            ledger.openLot(LOT, incomplete[i]);
        }
    }

    function test_openLot_revertsForAUnitThatDoesNotExist() public {
        bytes memory call =
            abi.encodeCall(ledger.openLot, (LOT, _terms(ITreeLedgerTypes.Unit.TREE)));
        call[4 + 32 * 5 - 1] = 0x04; // the unit is the fifth word
        vm.prank(REGISTRAR);
        (bool isTaken,) = address(ledger).call(call);
        vm.assertFalse(isTaken);
    }

    function test_closeLot_isKeptAndToldOf() public givenLot {
        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.LotClosed(LOT);
        vm.prank(REGISTRAR);
        ledger.closeLot(LOT);
        vm.assertTrue(ledger.lotOf(LOT).isClosed);
    }

    function testFuzz_closeLot_revertsForAnyoneButTheRegistrar(address caller) public givenLot {
        vm.assume(caller != REGISTRAR);
        _expectUnauthorised(caller, ledger.registrarOf(PROGRAMME));
        vm.prank(caller);
        ledger.closeLot(LOT);
    }

    function test_closeLot_revertsForAnUnknownLot() public {
        vm.expectRevert(abi.encodeWithSelector(ITreeLedgerErrors.LotUnknown.selector, LOT));
        vm.prank(REGISTRAR);
        ledger.closeLot(LOT);
    }

    function test_closeLot_revertsTheSecondTime() public givenLot {
        vm.startPrank(REGISTRAR);
        ledger.closeLot(LOT);
        vm.expectRevert(abi.encodeWithSelector(ITreeLedgerErrors.LotIsClosed.selector, LOT));
        ledger.closeLot(LOT);
    }

    function test_closeLot_stopsMintingAndNothingElse() public givenMinted(10) {
        vm.prank(REGISTRAR);
        ledger.closeLot(LOT);

        _state(LOT, ITreeLedgerTypes.Stage.ENDORSEMENT, 20);
        _state(LOT, ITreeLedgerTypes.Stage.ACCEPTANCE, 15);
        _revoke(_tree(LOT, 0));
        _claim(keccak256("claim"), _tree(LOT, 1));
        vm.expectRevert(abi.encodeWithSelector(ITreeLedgerErrors.LotIsClosed.selector, LOT));
        _mint(LOT, 10, 1);
    }

    function testFuzz_anUnknownLotIsAllZeros(uint64 lot) public view {
        ITreeLedgerTypes.Lot memory none;
        vm.assertEq(abi.encode(ledger.lotOf(lot)), abi.encode(none));
        vm.assertEq(uint256(ledger.capOf(lot)), 0);
        vm.assertEq(uint256(ledger.deficitOf(lot)), 0);
    }
}
