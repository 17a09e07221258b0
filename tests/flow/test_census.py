"""How many fulfilled, from a real mirror: at a date, exactly or with small groups withheld."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.fakes.registry import PUBLIC, LooseRegistry, after, issued, serving
from treering.domain.census import Line
from treering.domain.fulfilment import Event
from treering.domain.role import Person, Role
from treering.errors import CensusUnknown
from treering.flow.mirroring import mirror
from treering.flow.reconciling.census import Statistician
from treering.registry.feed import Feed

LAST_YEAR = datetime(2024, 12, 31, 15, 59, 59, tzinfo=UTC)  # a second before the year ends there
ALL = Person(Role.REGULATOR, "all")


@pytest.fixture
def statistician(engine, example) -> Iterator[Statistician]:
    """Twelve certificates of one province last year; then one is withdrawn, and three come."""
    log = LooseRegistry(clock=lambda: LAST_YEAR)
    early = datetime(2024, 6, 1, tzinfo=UTC)
    entries = [issued(number, number, at=early) for number in range(12)]
    log.add(*entries)
    with serving(log.app()) as url:
        feed = Feed(url, PUBLIC)
        mirror.sync(engine, feed, lambda: LAST_YEAR)
        now = datetime(2025, 3, 12, tzinfo=UTC)
        log.clock = lambda: now
        log.add(after(entries[0], Event.WITHDRAWN, at=now))
        others = [replace(issued(50 + n, 100 + n), adcode="620000", form="F6") for n in range(3)]
        log.add(*[replace(other, at=now) for other in others])
        mirror.sync(engine, feed, lambda: now)
        yield Statistician(engine, PUBLIC.name)


def test_it_counts_what_stands_now(statistician: Statistician):
    census = statistician.fulfilled(ALL)

    assert (census.size, census.exact, census.feed) == (16, True, PUBLIC.name)
    assert census.lines == (
        Line(2024, None, None, 14),
        Line(2024, "150000", None, 11),
        Line(2024, "150000", "F1", 11),
        Line(2024, "620000", None, 3),
        Line(2024, "620000", "F6", 3),
    )


def test_it_counts_what_stood_at_the_end_of_a_day_in_beijing(statistician: Statistician):
    then = statistician.fulfilled(ALL, date(2024, 12, 31))

    assert (then.size, then.as_of) == (12, LAST_YEAR)
    assert then.lines[0] == Line(2024, None, None, 12)
    assert statistician.fulfilled(ALL, date(2024, 12, 31)) == then
    with pytest.raises(CensusUnknown):
        statistician.fulfilled(ALL, date(2024, 12, 30))


def test_everybody_is_told_no_small_group(statistician: Statistician):
    public = (
        Line(2024, None, None, 10),
        Line(2024, "150000", None, None),
        Line(2024, "620000", None, None),
    )
    for person in (None, Person(Role.PROGRAMME, "", programme="ANT_FOREST")):
        census = statistician.fulfilled(person)
        assert (census.lines, census.exact) == (public, False)


def test_a_regulator_of_a_province_is_told_his_own(statistician: Statistician):
    here = Person(Role.REGULATOR, "", frozenset({"620000"}))
    assert [line.count for line in statistician.fulfilled(here).lines] == [3, 3]


def test_heads_that_were_counted_are_kept_and_the_oldest_forgotten(statistician: Statistician):
    for size in range(-40, 0):
        statistician._counted[size] = ()
    statistician.fulfilled(ALL)
    assert len(statistician._counted) == 32
    assert 16 in statistician._counted


def test_provinces_have_their_names_in_both_languages(statistician: Statistician):
    assert statistician.names()["150000"] == ("Inner Mongolia", "内蒙古")


def test_without_a_registry_nothing_is_known(engine):
    with pytest.raises(CensusUnknown):
        Statistician(engine, None).fulfilled(None)
    with pytest.raises(CensusUnknown):
        Statistician(engine, "a log of no head").fulfilled(None)
