"""Searching records over a real chain and database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from tests.chain_kit import Chain
from tests.flow.conftest import WISH
from tests.flow.ground_rows import PARTY, PHOTO, SHEET_HASH, lay
from treering.chain.node import Node
from treering.domain.lot import Unit
from treering.domain.provenance.search import Box, Cursor, Question, RecordState, beginning
from treering.domain.recount.events import Reason
from treering.errors import ChainNotFollowed, ChainUnavailable, RequestMalformed
from treering.flow.parts import Parts
from treering.store.tables.books import redemptions

ANY = Question()
YEAR = datetime(2019, 1, 1, tzinfo=UTC)


@pytest.fixture
def parts(parts: Parts, numbers, desk, forest: Chain) -> Parts:
    """Three final records of 2018, two that wait, two square metres of another lot."""
    desk.redeem("ANT_FOREST", "wait", replace(WISH, count=2, campaign="spring"))
    desk.redeem("OCEAN_BUDDY", "sea", replace(WISH, lot=_sea(parts), count=2))
    parts.follower.step()
    return parts


def _sea(parts: Parts) -> str:
    return next(v.lot.slug for v in parts.service.lots() if v.lot.programme == "OCEAN_BUDDY")


def found(parts: Parts, question: Question = ANY, as_of=None):
    return list(parts.service.provenance.every(question, as_of))


def serials(hits, lot: str = "ANT_FOREST-277") -> list[int]:
    return [hit.serial for hit in hits if hit.lot == lot]


def tree(parts: Parts, number: str):
    return parts.office.find(number).number.tree


def test_everything_is_found_in_order_with_what_chain_and_books_say(parts: Parts, numbers):
    hits = found(parts)
    assert len(hits) == 7
    assert serials(hits) == [0, 1, 2, 3, 4]
    first, waiting = hits[0], hits[3]
    assert [hit.number for hit in hits[:3]] == numbers
    assert (first.state, waiting.state) == (RecordState.FINAL, RecordState.PENDING)
    batch = parts.office.find(numbers[0]).batch
    assert first.holder == "0x" + batch.holders[:20].hex()
    assert first.transaction == "0x" + batch.inclusion.transaction.hex()
    assert (waiting.holder, waiting.block, waiting.campaign) == (None, None, "spring")
    assert first.campaign is None


@pytest.mark.parametrize(
    ("question", "count"),
    [
        (Question(programme="ANT_FOREST"), 5),
        (Question(programme="GFOREST"), 0),
        (Question(province="150000"), 5),
        (Question(lot="ANT_FOREST-277", site="150000/277"), 5),
        (Question(species="SAXAUL", unit=Unit.TREE, year=2019), 5),
        (Question(year=1999), 0),
        (Question(redeemed_until=YEAR), 3),
        (Question(redeemed_from=YEAR), 4),
        (Question(redeemed_from=YEAR, programme="ANT_FOREST"), 2),
        (Question(state=RecordState.FINAL), 3),
        (Question(state=RecordState.PENDING), 4),
        (Question(state=RecordState.REVOKED), 0),
        (Question(exchanged=False), 7),
        (Question(exchanged=True), 0),
        (Question(provinces=frozenset({"150000"})), 5),
        (Question(provinces=frozenset()), 0),
        (Question(party="NOBODY"), 0),
        (Question(evidence=bytes(32)), 0),
        (Question(transaction=bytes(32)), 0),
        (Question(box=Box(0, 0, 1, 1)), 0),
    ],
)
def test_each_part_of_a_question_narrows_the_answer(parts: Parts, question, count):
    assert len(found(parts, question)) == count


def test_who_planted_is_found_without_a_role_of_his_own(parts: Parts):
    lot = parts.service.lot("ANT_FOREST-277").lot
    assert lot.inspector
    assert len(found(parts, Question(party=lot.inspector))) >= 5


def test_ground_parties_and_evidence_lead_forward_to_the_records(parts: Parts):
    lot = parts.service.lot("ANT_FOREST-277").lot
    with parts.engine.begin() as connection:
        lay(connection, lot)
    for question in (
        Question(box=Box(105.1, 38.1, 106, 39)),
        Question(party=PARTY),
        Question(evidence=PHOTO),
        Question(evidence=SHEET_HASH),
    ):
        assert serials(found(parts, question)) == [0, 1, 2, 3, 4], question
    assert found(parts, Question(box=Box(106, 38.1, 107, 39))) == []


def test_a_filter_that_forgets_the_provinces_has_the_databases_own_behind_it(
    parts: Parts, monkeypatch
):
    """And what is asked within them is all found: lots, batches, events, ground."""
    with parts.engine.begin() as connection:
        lay(connection, parts.service.lot("ANT_FOREST-277").lot)
    his = frozenset({"150000"})
    for question in (
        Question(box=Box(105.1, 38.1, 106, 39), provinces=his),
        Question(party=PARTY, provinces=his),
        Question(evidence=PHOTO, provinces=his),
        Question(evidence=SHEET_HASH, provinces=his),
    ):
        assert found(parts, question) == found(parts, replace(question, provinces=None))
    monkeypatch.setattr("treering.store.hunt.fits", lambda _: [])
    assert found(parts) != found(parts, Question(provinces=his))
    assert {hit.province for hit in found(parts, Question(provinces=his))} == {"150000"}
    assert found(parts, Question(provinces=frozenset({"620000"}))) == []
    assert found(parts, Question(provinces=frozenset())) == []


def test_a_transaction_leads_forward_to_the_records_that_it_brought(parts: Parts, numbers):
    digest = parts.office.find(numbers[0]).batch.inclusion.transaction
    assert serials(found(parts, Question(transaction=digest))) == [0, 1, 2]
    assert found(parts, Question(transaction=digest, year=1999)) == []


def test_records_that_fell_are_told_with_why_and_what_came_instead(
    parts: Parts, numbers, forest: Chain
):
    first, second, third = (tree(parts, number) for number in numbers)
    forest.act("revoker", "revoke", [first], int(Reason.NOT_PLANTED))
    forest.act("revoker", "replace", second, third)
    forest.act("registry", "claim", b"\7" * 32, [third])
    forest.finalise()
    parts.follower.step()
    (revoked,) = found(parts, Question(state=RecordState.REVOKED))
    (replaced,) = found(parts, Question(state=RecordState.REPLACED))
    (exchanged,) = found(parts, Question(exchanged=True))
    assert (revoked.serial, revoked.reason) == (0, "NOT_PLANTED")
    assert (replaced.serial, replaced.successor) == (1, numbers[2])
    assert (exchanged.serial, exchanged.exchanged_for) == (2, "0x" + "07" * 32)
    assert serials(found(parts, Question(state=RecordState.FINAL))) == [2]
    his = frozenset({"150000"})
    for state in (RecordState.REVOKED, RecordState.REPLACED):
        mine = found(parts, Question(state=state, provinces=his))
        assert mine == found(parts, Question(state=state))
    late = Question(state=RecordState.REVOKED, redeemed_from=YEAR)
    assert found(parts, late) == []


def test_a_past_block_and_a_past_moment_are_told_as_they_were(
    parts: Parts, numbers, forest: Chain
):
    then = parts.searcher.pin(None)
    forest.act("revoker", "revoke", [tree(parts, numbers[0])], int(Reason.FRAUD))
    forest.finalise()
    parts.follower.step()
    revoked = Question(state=RecordState.REVOKED)
    assert len(found(parts, revoked)) == 1
    assert found(parts, revoked, then.block) == []
    minted = parts.office.find(numbers[0]).batch.inclusion.block_number
    final = Question(state=RecordState.FINAL)
    assert found(parts, final, minted - 1) == []


def test_a_moment_stands_for_the_newest_block_before_it(parts: Parts, clock, forest: Chain):
    newest = parts.searcher.pin(None)
    clock.now = newest.at + timedelta(days=1)
    assert parts.searcher.pin(newest.at + timedelta(hours=1)).block == newest.block
    past = datetime.fromtimestamp(forest.node.block(newest.block // 2).timestamp, UTC)
    pinned = parts.searcher.pin(past).block
    assert forest.node.block(pinned).timestamp <= past.timestamp()
    assert forest.node.block(pinned + 1).timestamp > past.timestamp() or pinned == newest.block
    with pytest.raises(RequestMalformed, match="yet to come"):
        parts.searcher.pin(clock.now + timedelta(seconds=1))
    with pytest.raises(RequestMalformed, match="first block"):
        parts.searcher.pin(datetime(1999, 1, 1, tzinfo=UTC))


def test_pages_go_on_where_they_stopped_at_the_same_block(parts: Parts, numbers, forest: Chain):
    whole = [hit.number for hit in found(parts)]
    first = parts.service.provenance.page(ANY, None, None, 3)
    forest.act("revoker", "revoke", [tree(parts, numbers[0])], int(Reason.FRAUD))
    forest.finalise()
    parts.follower.step()
    told, after = [hit.number for hit in first.hits], first.after
    while after:
        page = parts.service.provenance.page(ANY, None, Cursor.read(after.text), 3)
        assert page.pin.block == first.pin.block
        told += [hit.number for hit in page.hits]
        after = page.after
    assert told == whole


def test_pages_of_a_moment_go_on_with_what_was_recorded_since_its_block(parts: Parts, clock):
    newest = parts.searcher.pin(None)
    with parts.engine.begin() as connection:
        later = newest.at + timedelta(minutes=5)
        connection.execute(update(redemptions).values(recorded_at=later))
    clock.now = newest.at + timedelta(days=1)
    assert found(parts) == []
    moment = newest.at + timedelta(minutes=10)
    first = parts.service.provenance.page(ANY, moment, None, 3)
    assert first.after is not None
    second = parts.service.provenance.page(ANY, moment, Cursor.read(first.after.text), 100)
    assert (second.pin, first.pin.at) == (first.pin, moment)
    assert [*first.hits, *second.hits] == found(parts, as_of=moment)


def test_a_page_that_is_just_full_is_the_last(parts: Parts):
    assert parts.service.provenance.page(ANY, None, None, 7).after is None
    assert parts.service.provenance.page(ANY, None, None, 6).after is not None


@pytest.mark.parametrize(
    "text", ["", "x", "AAAA", "é" * 28, "A" * 60, "_" * 37 + "w==", "====", "A" * 27]
)
def test_what_is_no_cursor_of_ours_is_refused(text):
    with pytest.raises(RequestMalformed):
        Cursor.read(text)


def test_a_cursor_beyond_everything_finds_nothing(parts: Parts):
    beyond = replace(beginning(parts.searcher.pin(None)), tree=2**96 - 1)
    assert parts.service.provenance.page(ANY, None, beyond, 10).hits == []


def test_what_was_not_followed_yet_is_not_answered(parts: Parts):
    newest = parts.searcher.pin(None)
    with pytest.raises(ChainNotFollowed):
        found(parts, ANY, newest.block + 1)


def test_before_the_first_look_at_the_chain_nothing_is_answered(engine, published: Parts):
    with pytest.raises(ChainNotFollowed):
        published.service.provenance.page(ANY, None, None, 10)


def test_a_silent_node_answers_for_now_but_not_for_the_past(parts: Parts, monkeypatch):
    def silent(*_):
        raise ChainUnavailable("silence")

    monkeypatch.setattr(Node, "call", silent)
    newest = parts.searcher.pin(None)
    assert len(found(parts)) == 7
    with pytest.raises(ChainUnavailable):
        found(parts, ANY, newest.block - 1)
