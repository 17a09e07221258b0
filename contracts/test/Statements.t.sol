// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerErrors } from "../src/interfaces/ITreeLedgerErrors.sol";
import { ITreeLedgerEvents } from "../src/interfaces/ITreeLedgerEvents.sol";
import { ITreeLedgerTypes } from "../src/interfaces/ITreeLedgerTypes.sol";
import { Season } from "../src/libraries/Season.sol";
import { LedgerTest } from "./utils/LedgerTest.sol";

contract StatementsTest is LedgerTest {
    ITreeLedgerTypes.Stage internal constant ENDORSEMENT = ITreeLedgerTypes.Stage.ENDORSEMENT;
    ITreeLedgerTypes.Stage internal constant ACCEPTANCE = ITreeLedgerTypes.Stage.ACCEPTANCE;
    ITreeLedgerTypes.Stage internal constant SURVEY = ITreeLedgerTypes.Stage.SURVEY;

    function testFuzz_state_isTakenFromAnybody(address caller, uint32 count) public givenLot {
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, count);
        bytes memory signature = _signed(statement);
        bytes32 id = _digest(statement);

        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.Stated(
            LOT,
            ENDORSEMENT,
            inspector,
            id,
            0,
            count,
            statement.inspectedAt,
            statement.report,
            0,
            0
        );
        vm.prank(caller);
        vm.assertEq(ledger.state(statement, inspector, signature), id);
        vm.assertEq(ledger.statementOf(LOT, ENDORSEMENT), id);
        vm.assertEq(uint256(ledger.nonceOf(inspector)), 1);
        vm.assertEq(uint256(ledger.capOf(LOT)), count);
    }

    function test_state_eachNewerStatementNamesTheOlderOne() public givenLot {
        bytes32 first = _state(LOT, ENDORSEMENT, 100);
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 90);
        vm.assertEq(statement.supersedes, first);

        vm.expectEmit(address(ledger));
        emit ITreeLedgerEvents.Stated(
            LOT,
            ENDORSEMENT,
            inspector,
            _digest(statement),
            100,
            90,
            statement.inspectedAt,
            statement.report,
            first,
            1
        );
        ledger.state(statement, inspector, _signed(statement));
        vm.assertEq(uint256(ledger.lotOf(LOT).endorsed), 90);
    }

    function test_state_theCapIsTheAcceptedCountOnceThereIsOne() public givenLot {
        _state(LOT, ENDORSEMENT, 100);
        vm.assertEq(uint256(ledger.capOf(LOT)), 100);
        _state(LOT, ACCEPTANCE, 0);
        vm.assertEq(uint256(ledger.capOf(LOT)), 0);
        _state(LOT, ENDORSEMENT, 200);
        vm.assertEq(uint256(ledger.capOf(LOT)), 0);
        _state(LOT, ACCEPTANCE, 120);
        vm.assertEq(uint256(ledger.capOf(LOT)), 120);
    }

    function test_state_aSurveyIsKeptAndChangesNoCap() public givenEndorsed(100) {
        _state(LOT, ACCEPTANCE, 95);
        vm.assertFalse(ledger.lotOf(LOT).isSurveyed);
        _state(LOT, SURVEY, 80);
        ITreeLedgerTypes.Lot memory lot = ledger.lotOf(LOT);
        vm.assertTrue(lot.isSurveyed);
        vm.assertEq(uint256(lot.surveyed), 80);
        vm.assertEq(uint256(ledger.capOf(LOT)), 95);
    }

    function test_state_anAcceptanceBelowTheMintedIsAVisibleDeficit() public givenMinted(10) {
        _state(LOT, ACCEPTANCE, 7);
        vm.assertEq(uint256(ledger.deficitOf(LOT)), 3);
        vm.expectRevert(
            abi.encodeWithSelector(ITreeLedgerErrors.CapExceeded.selector, LOT, uint32(7), 11)
        );
        _mint(LOT, 10, 1);

        _state(LOT, ACCEPTANCE, 11);
        vm.assertEq(uint256(ledger.deficitOf(LOT)), 0);
        _mint(LOT, 10, 1);
    }

    function test_state_goesOnWhilePaused() public givenLot givenPaused {
        _state(LOT, ENDORSEMENT, 100);
        vm.assertEq(uint256(ledger.capOf(LOT)), 100);
    }

    // ------------------------------------------------------------------ the lot and the order

    function testFuzz_state_revertsForAnUnknownLot(uint64 lot) public givenLot {
        vm.assume(lot != LOT);
        ITreeLedgerTypes.Statement memory statement = _statement(lot, ENDORSEMENT, 1);
        _refuses(statement, abi.encodeWithSelector(ITreeLedgerErrors.LotUnknown.selector, lot));
    }

    function test_state_revertsForAStageThatIsNone() public givenLot {
        ITreeLedgerTypes.Statement memory statement =
            _statement(LOT, ITreeLedgerTypes.Stage.NONE, 1);
        _refuses(statement, abi.encodeWithSelector(ITreeLedgerErrors.ZeroValue.selector));
    }

    function test_state_revertsWithoutAReportOrADate() public givenLot {
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 1);
        statement.report = 0;
        _refuses(statement, abi.encodeWithSelector(ITreeLedgerErrors.ZeroValue.selector));
        statement = _statement(LOT, ENDORSEMENT, 1);
        statement.inspectedAt = 0;
        _refuses(statement, abi.encodeWithSelector(ITreeLedgerErrors.ZeroValue.selector));
    }

    function test_state_revertsForAnAcceptanceWithoutAnEndorsement() public givenLot {
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ACCEPTANCE, 1);
        _refuses(statement, abi.encodeWithSelector(ITreeLedgerErrors.NotEndorsed.selector, LOT));
    }

    function test_state_revertsForASurveyWithoutAnAcceptance() public givenEndorsed(1) {
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, SURVEY, 1);
        _refuses(statement, abi.encodeWithSelector(ITreeLedgerErrors.NotAccepted.selector, LOT));
    }

    function test_state_anEndorsementOfZeroAllowsAnAcceptance() public givenEndorsed(0) {
        _state(LOT, ACCEPTANCE, 5);
        vm.assertEq(uint256(ledger.capOf(LOT)), 5);
    }

    function testFuzz_state_revertsUnlessItNamesTheNewestStatement(bytes32 named)
        public
        givenEndorsed(10)
    {
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 20);
        bytes32 newest = statement.supersedes;
        vm.assume(named != newest);
        statement.supersedes = named;
        _refuses(
            statement,
            abi.encodeWithSelector(
                ITreeLedgerErrors.UnexpectedPredecessor.selector, LOT, ENDORSEMENT, newest, named
            )
        );
    }

    function testFuzz_state_revertsUnlessTheNonceIsTheNext(uint64 nonce) public givenEndorsed(10) {
        vm.assume(nonce != 1);
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 20);
        statement.nonce = nonce;
        _refuses(
            statement,
            abi.encodeWithSelector(
                ITreeLedgerErrors.UnexpectedNonce.selector, inspector, uint64(1), nonce
            )
        );
    }

    // ------------------------------------------------------------------------------ the dates

    function testFuzz_state_revertsAfterItsDeadline(uint64 deadline) public givenLot {
        deadline = uint64(bound(deadline, 0, block.timestamp - 1));
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 1);
        statement.deadline = deadline;
        _refuses(
            statement,
            abi.encodeWithSelector(ITreeLedgerErrors.StatementExpired.selector, deadline)
        );
    }

    function test_state_isTakenInTheSecondOfItsDeadline() public givenLot {
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 1);
        statement.deadline = uint64(block.timestamp);
        ledger.state(statement, inspector, _signed(statement));
    }

    function testFuzz_state_revertsForAnInspectionInTheFuture(uint64 date) public givenLot {
        date = uint64(bound(date, block.timestamp + 1, type(uint64).max));
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 1);
        statement.inspectedAt = date;
        _refuses(
            statement, abi.encodeWithSelector(ITreeLedgerErrors.StatementInFuture.selector, date)
        );
    }

    function test_state_isTakenInTheSecondOfTheInspection() public givenLot {
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 1);
        statement.inspectedAt = uint64(block.timestamp);
        ledger.state(statement, inspector, _signed(statement));
    }

    function test_state_anEndorsementIsDatedBeforeThePlantingYearEnds() public givenLot {
        vm.warp(Season.endOf(YEAR) + 30 days);
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ENDORSEMENT, 1);
        statement.inspectedAt = uint64(Season.endOf(YEAR));
        _refuses(statement, _outOfSeason(statement));

        statement.inspectedAt -= 1;
        ledger.state(statement, inspector, _signed(statement));
    }

    function test_state_anAcceptanceIsDatedAfterThePlantingYearBegins() public givenEndorsed(9) {
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, ACCEPTANCE, 1);
        statement.inspectedAt = uint64(Season.startOf(YEAR)) - 1;
        _refuses(statement, _outOfSeason(statement));

        statement.inspectedAt += 1;
        ledger.state(statement, inspector, _signed(statement));
    }

    function test_state_aSurveyIsDatedAfterThePlantingYearBegins() public givenEndorsed(9) {
        _state(LOT, ACCEPTANCE, 9);
        ITreeLedgerTypes.Statement memory statement = _statement(LOT, SURVEY, 1);
        statement.inspectedAt = uint64(Season.startOf(YEAR)) - 1;
        _refuses(statement, _outOfSeason(statement));

        statement.inspectedAt += 1;
        ledger.state(statement, inspector, _signed(statement));
    }

    function _refuses(ITreeLedgerTypes.Statement memory statement, bytes memory refusal) private {
        bytes memory signature = _signed(statement);
        vm.expectRevert(refusal);
        ledger.state(statement, inspector, signature);
    }

    function _outOfSeason(ITreeLedgerTypes.Statement memory statement)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(
            ITreeLedgerErrors.StatementOutOfSeason.selector,
            statement.lot,
            statement.stage,
            statement.inspectedAt
        );
    }
}
