"""What whoever watches over the whole is told of the mirrors: now, and at the end of a day."""

from datetime import date

import pytest

from tests.fakes.registry import PUBLIC, LooseRegistry, after, issued
from tests.flow.mirror.kit import LOG
from tests.flow.mirror.test_sources import SECOND, beside, desk, other
from treering.domain.contradiction import State
from treering.domain.fulfilment import Event
from treering.errors import RegistryContradicted
from treering.flow.mirroring import warden
from treering.flow.mirroring.warden import Warden

__all__ = ["beside", "desk", "other"]  # fixtures


@pytest.fixture
def told(engine, clock) -> Warden:
    return Warden(engine, (LOG, SECOND), clock)


def test_before_anything_was_mirrored_nothing_is_told(told: Warden, clock):
    found = told.mirrored()
    assert (found.heads, found.sources, found.disputed) == ((), (), 0)
    assert found.moment == clock.now


def test_both_logs_are_told_with_their_sources_and_what_they_disagree_about(
    told: Warden, desk, registry, other: LooseRegistry, monkeypatch
):
    registry.add(after(issued(0, 0, 1), Event.CORRECTED, adcode="640000"))
    other.add(issued(9, 90))
    desk.sync()
    monkeypatch.setattr(warden, "MOST_DISPUTES", 1)

    found = told.mirrored()

    assert [(held.head.origin, held.head.size) for held in found.heads] == [(LOG, 6), (SECOND, 6)]
    assert [one.state for one in found.sources] == [State.GOOD, State.GOOD]
    assert (len(found.disputes), found.disputed) == (1, 2)


def test_a_contradiction_is_told_beside_the_last_good_head(told: Warden, desk, registry, clock):
    desk.sync()
    registry.raws[0] = issued(77, 77).raw
    clock.passes(minutes=1)
    with pytest.raises(RegistryContradicted):
        desk.sync()

    found = told.mirrored()

    assert [kept.contradiction.feed for kept in found.contradictions] == [PUBLIC.name]
    assert found.heads[0].head.size == 5
    assert {one.feed: one.state for one in found.sources}[LOG] is State.CONTRADICTED


def test_an_earlier_day_has_the_heads_that_were_held_then(told: Warden, desk, registry, clock):
    desk.sync()
    first = clock.now
    clock.passes(days=1)
    registry.add(issued(9, 90))
    desk.sync()

    assert [held.head.size for held in told.mirrored().heads] == [6, 5]
    assert [held.head.size for held in told.mirrored(first.date()).heads] == [5, 5]
    assert told.mirrored(first.date()).moment < clock.now
    assert told.mirrored(date(2024, 12, 31)).heads == ()
    assert told.mirrored(date.max).moment == clock.now
