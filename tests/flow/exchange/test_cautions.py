"""What the registry says of an exchange, where nobody may lean on it: it is told, and waits."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.chain_kit import Chain
from tests.fakes.registry import PUBLIC, LooseRegistry, after, issued, serving
from tests.flow.exchange.kit import LOT, state_of
from tests.flow.exchanging import asked, followed
from treering.domain.contradiction import Contradiction, Kind, State
from treering.domain.exchange import Exchange
from treering.domain.fulfilled import Caution
from treering.domain.fulfilment import Entry, Event
from treering.domain.verification import Check
from treering.flow.exchanging.exchange import Counter
from treering.flow.mirroring.mirror import sync
from treering.flow.mirroring.state import on_ledger
from treering.flow.parts import Parts
from treering.registry.feed import Feed
from treering.store import contradictions
from treering.store.mirror import Mirror


@pytest.fixture
def done(counter: Counter, numbers, forest: Chain) -> Exchange:
    """Claimed, in a final block."""
    made = counter.exchange(asked(numbers))
    forest.finalise()
    return made


def caution(parts: Parts, exchange: Exchange) -> Caution | None:
    return parts.service.exchanges.page(exchange.id).caution


def check_8(parts: Parts, number: str) -> str:
    findings = parts.verifier.verify(parts.office.credential(parts.office.find(number))).findings
    return next(one.code for one in findings if one.check is Check.REGISTRY)


def contradict(parts: Parts, feed: str) -> None:
    """As if the log had signed two roots for one size."""
    held = {"held_note": "a", "held_size": 1, "offered_note": "b", "offered_size": 1}
    found = Contradiction(feed=feed, kind=Kind.HEADS, why="two roots", lots=(LOT,), **held)
    with parts.engine.begin() as connection:
        contradictions.keep(connection, found, parts.clock())


@contextmanager
def grown(parts: Parts, *entries: Entry):
    """The same log at another address, with more in it, as a registry itself would write it."""
    with parts.engine.connect() as connection:
        raws = Mirror(connection, PUBLIC.name).entries(0, 1000)
    log = LooseRegistry(raws=raws, clock=lambda: datetime.now(UTC))
    log.add(*entries)
    with serving(log.app()) as url:
        feed = Feed(url, PUBLIC)
        sync(parts.engine, feed, lambda: datetime.now(UTC))
        yield feed
        feed.close()


def said(parts: Parts, exchange: Exchange) -> Entry:
    found = parts.service.exchanges.page(exchange.id).said
    assert found
    return found.entry


def test_a_withdrawal_by_a_log_that_contradicts_itself_frees_no_tree_until_it_is_settled(
    parts: Parts, done: Exchange, twin, numbers
):
    following = followed(parts, twin)
    assert caution(following, done) is None
    twin.withdraw(done)
    following = followed(parts, twin)
    contradict(following, twin.feed.name)

    assert following.undoing.notice(twin.feed.name) is False
    assert state_of(parts, numbers).state == "claimed"
    assert caution(following, done) is Caution.DISPUTED
    assert check_8(following, numbers[0]) == "EXCHANGE_DISPUTED"

    (kept,) = following.mirror_desk.spoken().contradictions
    assert following.mirror_desk.settle(kept.id, "the registry has explained it")
    assert following.undoing.look_again(twin.feed.name) is True
    assert state_of(parts, numbers).state == "withdrawn"
    assert caution(following, done) is None, "what has ended is leaned on by nobody"


def test_a_head_of_three_days_ago_is_told_as_too_old(parts: Parts, done: Exchange, twin):
    following = followed(parts, twin)
    late = replace(following, clock=lambda: datetime.now(UTC) + timedelta(days=3))
    assert caution(late, done) is Caution.STALE


def test_f60_what_only_one_of_two_sources_says_is_unknown(
    parts: Parts, done: Exchange, twin, numbers
):
    following = followed(parts, twin)
    assert check_8(following, numbers[0]) == "EXCHANGE_OK"
    with grown(following) as elsewhere:
        both = replace(following, second=elsewhere)
        assert caution(both, done) is Caution.UNHEARD
        assert check_8(both, numbers[0]) == "EXCHANGE_UNCHECKED"
        both.mirror_desk.sync()
        assert caution(both, done) is None
        assert check_8(both, numbers[0]) == "EXCHANGE_OK"


def test_a_mirror_that_is_shorter_than_what_was_anchored_makes_both_pages_unsure(
    parts: Parts, done: Exchange, twin, numbers
):
    following = followed(parts, twin)
    why = "the ledger has the head of 9 entries, we hold 1"
    with parts.engine.begin() as connection:
        contradictions.tell(
            connection,
            on_ledger(twin.feed.name),
            State.BEHIND,
            code="TR244",
            why=why,
            now=parts.clock(),
        )
    assert caution(following, done) is Caution.BEHIND
    assert check_8(following, numbers[0]) == "EXCHANGE_UNCHECKED"
    twin.withdraw(done)
    assert followed(parts, twin).undoing.notice(twin.feed.name) is False


@pytest.mark.parametrize("changes", [{"year": 2019}, {"trees": ()}])
def test_a_certificate_that_was_corrected_to_another_year_or_other_trees_is_told(
    parts: Parts, done: Exchange, twin, numbers, changes
):
    following = followed(parts, twin)
    now = datetime.now(UTC).replace(microsecond=0)
    entry = after(said(following, done), Event.CORRECTED, at=now, **changes)
    with grown(following, entry):
        assert caution(following, done) is Caution.DIFFERS
        assert check_8(following, numbers[0]) == "EXCHANGE_DIFFERS"


@pytest.mark.parametrize(
    ("event", "changes", "code"),
    [
        (Event.WITHDRAWN, {}, "EXCHANGE_WITHDRAWN"),
        (Event.CORRECTED, {"trees": ()}, "EXCHANGE_DIFFERS"),
    ],
)
def test_trees_that_the_registry_gave_to_another_since_tell_what_became_of_the_first(
    parts: Parts, done: Exchange, twin, numbers, event, changes, code
):
    """The chain still holds the first claim: it fell, and is not one that nobody knows."""
    following = followed(parts, twin)
    first, now = said(following, done), datetime.now(UTC).replace(microsecond=0)
    heir = replace(issued(99, at=now), year=2018, trees=first.trees)
    with grown(following, after(first, event, at=now, **changes), heir):
        assert check_8(following, numbers[0]) == code
