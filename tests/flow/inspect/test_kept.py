"""Statements that are kept, and what follows from them."""

from dataclasses import replace
from datetime import date

import msgspec
from eth_account import Account
from eth_account.messages import encode_typed_data
from sqlalchemy import insert

from tests.chain_kit import mining
from tests.flow.inspect.statements import ACCEPTED, ALIVE, LOT, THINNED, state
from treering.chain import testimony
from treering.domain.record import lot_id
from treering.domain.stage import Stage
from treering.domain.survival import Outcome
from treering.flow.inspecting.inspect import Signed, finding_of
from treering.store.tables.ground import inspection_sheets


def test_what_a_wallet_is_given_is_what_the_contract_takes(office, forest):
    """Signed as a wallet does, by eth_signTypedData_v4 over the whole document."""
    inspector = forest.account("inspector")
    typed = office.prepare(ACCEPTED, inspector.address)
    wallet = Account.sign_message(encode_typed_data(full_message=typed), inspector.key)
    brought = Signed(
        message=typed["message"], inspector=inspector.address, signature=bytes(wallet.signature)
    )
    id_ = office.submit(brought)
    assert office.submit(brought) == id_  # again, it is the same
    assert office.state_of(id_) == ("received", None)
    with mining(forest.node):
        assert office.relay() is True
        assert office.relay() is False
    forest.finalise()
    *_, newest = testimony.of_lot(forest.ledger.at("finalized"), LOT)
    assert (newest.id, newest.count, newest.report) == (id_, 150_000, b"\3" * 32)


def test_all_statements_are_kept_each_naming_the_one_before(office, forest, parts):
    first = state(office, forest, ACCEPTED)
    second = state(office, forest, replace(ACCEPTED, count=149_000, report=b"\4" * 32))
    told = list(testimony.of_lot(forest.ledger.at("finalized"), LOT))
    assert [each.id for each in told[1:]] == [first, second]
    assert told[2].supersedes == first
    view = parts.gazetteer.lot("ANT_FOREST-277")
    assert [each.supersedes for each in view.statements] == [None, None, first]
    assert view.statements[-1].party_zh == "国家林草局西北调查规划院"


def test_a_survey_with_its_sheet_says_what_survived_and_what_is_due(office, forest, parts, clock):
    forester = parts.forester
    view = parts.gazetteer.lot("ANT_FOREST-277")
    book = forester.book(view)
    assert book.survival is None
    assert (book.due.why, book.due.is_overdue) == ("FIRST_SEASON", True)

    state(office, forest, ACCEPTED)
    book = forester.book(parts.gazetteer.lot("ANT_FOREST-277"))
    assert (book.survival.outcome, book.survival.is_sheet) == (Outcome.PASSED, False)
    assert book.due.why == "PRESERVATION"

    state(office, forest, ALIVE)
    book = forester.book(parts.gazetteer.lot("ANT_FOREST-277"))
    assert (book.survival.per_mille, book.survival.is_sheet) == (720, True)
    assert book.survival.outcome is Outcome.PASSED

    state(office, forest, THINNED)
    book = forester.book(parts.gazetteer.lot("ANT_FOREST-277"))
    assert (book.survival.outcome, book.due.why) == (Outcome.REPLANT, "REPLANTED")
    assert list(book.sheets) == [ALIVE.hash(), THINNED.hash()]
    assert [(each.lot, each.why) for each in forester.due()] == [("ANT_FOREST-277", "REPLANTED")]


def test_an_acceptance_that_is_corrected_later_hides_no_survey(office, forest, parts):
    state(office, forest, ACCEPTED)
    state(office, forest, THINNED)
    state(office, forest, replace(ACCEPTED, report=b"\4" * 32))
    view = parts.gazetteer.lot("ANT_FOREST-277")
    assert view.statements[-1].stage == "ACCEPTANCE"
    assert parts.forester.book(view).survival.outcome is Outcome.REPLANT
    assert parts.forester.survivals([view])[view.lot.slug].outcome is Outcome.REPLANT


def test_a_sheet_of_another_lot_says_nothing_of_this_one(office, forest, parts, clock):
    """Whoever goes to the contract without us may name any hash."""
    state(office, forest, ACCEPTED)
    elsewhere = msgspec.structs.replace(ALIVE, lot="ANT_FOREST-464")
    kept = {"hash": elsewhere.hash(), "lot": lot_id(1, 464), "stage": Stage.SURVEY}
    with parts.engine.begin() as connection:
        row = {"sheet": elsewhere.document(), "received_at": clock()} | kept
        connection.execute(insert(inspection_sheets).values(row))
    state(office, forest, replace(finding_of(ALIVE), count=75_000, report=elsewhere.hash()))
    view = parts.gazetteer.lot("ANT_FOREST-277")
    found = parts.forester.survivals([view])["ANT_FOREST-277"]
    assert (found.per_mille, found.is_sheet) == (500, False)


def test_an_acceptance_of_nothing_planned_has_no_rate(parts, office, forest):
    forest.open_lot(464, year=2021, species="CARAGANA", endorsed=0)
    state(
        office,
        forest,
        replace(ACCEPTED, lot="ANT_FOREST-464", count=0, inspected_on=date(2021, 11, 1)),
    )
    assert parts.forester.book(parts.gazetteer.lot("ANT_FOREST-464")).survival is None
