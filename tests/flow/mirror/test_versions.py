"""What did the mirror say on an earlier day? Each head that was ever verified answers for its own
time."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.registry import after, issued
from tests.flow.mirror.kit import LOG
from treering.domain.fulfilment import Event
from treering.domain.record import TreeId
from treering.flow.mirroring.mirror import sync
from treering.flow.mirroring.state import interconnection_at, status_at
from treering.store.mirror import Mirror

FIRST = issued(0, 0, 1)
SYLVESTER = datetime(2024, 12, 31, 15, 59, 59, tzinfo=UTC)  # the last second in Shanghai


@pytest.fixture
def years(engine, feed, clock, registry):
    """5 entries by November, looked at again in January; then corrected, given away, withdrawn."""
    looks = {}

    def look(name, moment):
        clock.now = moment
        looks[name] = sync(engine, feed, clock).held

    registry.raws = [
        issued(n, 3 * n, 3 * n + 1, at=datetime(2024, 10, 1, tzinfo=UTC)).raw for n in range(5)
    ]
    look("november", datetime(2024, 11, 2, tzinfo=UTC))
    look("january", datetime(2025, 1, 10, tzinfo=UTC))
    at = datetime(2025, 2, 1, tzinfo=UTC)
    registry.add(after(FIRST, Event.CORRECTED, trees=FIRST.trees[:1], at=at), issued(6, 1, at=at))
    look("february", datetime(2025, 2, 2, tzinfo=UTC))
    at = datetime(2025, 3, 1, tzinfo=UTC)
    registry.add(after(FIRST, Event.WITHDRAWN, trees=FIRST.trees[:1], at=at))
    look("march", datetime(2025, 3, 2, tzinfo=UTC))
    return looks


def at(engine, number, moment):
    with engine.connect() as connection:
        return interconnection_at(connection, LOG, TreeId(number), moment)


def test_the_last_day_of_the_year_is_answered_though_the_log_went_on(engine, years):
    found = status_at(engine, LOG, SYLVESTER)
    assert (found.held.head.size, found.held.head.root) == (5, years["november"].head.root)
    assert found.held.head.note == years["november"].head.note
    assert found.held.fetched_at == years["november"].fetched_at
    assert found.age == SYLVESTER - years["november"].head.time
    assert found.stale

    then = at(engine, 1, SYLVESTER)
    assert then.uses_tree
    assert then.fulfilment.entry.certificate == FIRST.certificate


def test_a_tree_has_at_each_time_the_certificate_that_it_had_then(engine, years):
    february, march = years["february"].head.time, years["march"].head.time
    assert at(engine, 1, february).fulfilment.entry.certificate == issued(6, 1).certificate
    assert at(engine, 0, february).uses_tree
    assert not at(engine, 0, march).uses_tree
    assert not at(engine, 0, march).fulfilment.active
    assert at(engine, 4, march) == at(engine, 4, march)
    assert at(engine, 999, march).fulfilment is None


def test_a_later_note_of_the_same_size_is_the_better_one_once_its_time_has_come(engine, years):
    january = years["january"].head
    assert status_at(engine, LOG, january.time).held.head.note == january.note
    assert status_at(engine, LOG, january.time).age == timedelta()


def test_before_the_first_head_there_is_no_answer(engine, years):
    assert status_at(engine, LOG, datetime(2024, 11, 1, tzinfo=UTC)) is None
    assert at(engine, 0, datetime(2024, 11, 1, tzinfo=UTC)) is None


def test_a_tree_that_was_dropped_within_one_look_is_remembered(engine, feed, clock, registry):
    registry.add(after(FIRST, Event.CORRECTED, trees=()))
    sync(engine, feed, clock)
    then = at(engine, 0, clock.now)
    assert then.fulfilment.entry.certificate == FIRST.certificate
    assert not then.uses_tree


def test_a_tree_that_is_only_listed_later_was_free_before(engine, years, feed, clock, registry):
    moment = clock.now
    clock.passes(days=1)
    trees = TreeId(3), TreeId(500)
    registry.add(after(issued(1, 3, 4), Event.CORRECTED, trees=trees, at=clock.now))
    sync(engine, feed, clock)
    assert at(engine, 500, clock.now).uses_tree
    assert at(engine, 500, moment).fulfilment is None


def test_every_size_that_was_verified_is_known(engine, years):
    with engine.connect() as connection:
        mirror = Mirror(connection, LOG)
        assert [mirror.head_of(size) is not None for size in (5, 6, 7, 8)] == [1, 0, 1, 1]
        assert mirror.head_of(5) == years["january"].head
