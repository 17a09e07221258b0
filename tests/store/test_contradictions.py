"""What speaks against a registry's log, as it is kept: once, for good, and told per source."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from tests.fakes.registry import KEY, after, issued
from treering.domain.contradiction import (
    Contradiction,
    Kind,
    State,
    first_difference,
    lots_named,
)
from treering.domain.fulfilment import Event, Fulfilment
from treering.domain.record import tree_id
from treering.domain.registry_head import sign
from treering.domain.registry_log import Frontier
from treering.store import contradictions as store
from treering.store import disputes
from treering.store.mirror import Mirror
from treering.store.mirror_replay import Replay
from treering.store.tables import metadata
from treering.store.tables.contradictions import mirror_disputes, mirror_refused

NOON = datetime(2025, 3, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LOT = 7 << 32 | 9
FOUND = Contradiction(
    feed="a",
    kind=Kind.REWRITTEN,
    why="another beginning",
    held_note="held",
    held_size=5,
    offered_note="offered",
    offered_size=6,
    proof=(bytes(32), b"\1" * 32),
    index=2,
    held_raw=b"{}",
    offered_raw=b"[]",
    held_path=(b"\2" * 32,),
    offered_path=(b"\3" * 32,),
    lots=(LOT,),
)
BARE = Contradiction(
    feed="b",
    kind=Kind.HEADS,
    why="two roots",
    held_note="held",
    held_size=5,
    offered_note="offered",
    offered_size=5,
)


@pytest.fixture
def connection(empty_engine):
    ours = [table for table in metadata.sorted_tables if table.name.startswith("mirror_")]
    metadata.create_all(empty_engine, tables=ours)
    with empty_engine.begin() as opened:
        yield opened


def test_a_contradiction_is_read_back_as_it_was_found(connection):
    store.keep(connection, FOUND, NOON)
    store.keep(connection, BARE, NOON)
    assert [one.contradiction for one in store.contradictions(connection)] == [FOUND, BARE]
    assert [one.contradiction for one in store.contradictions(connection, "b")] == [BARE]


def test_what_is_seen_every_minute_is_kept_once(connection):
    store.keep(connection, FOUND, NOON)
    store.keep(connection, replace(FOUND, offered_size=9), NOON + HOUR)
    (kept,) = store.standing(connection, "a")
    assert (kept.found_at, kept.seen_at) == (NOON, NOON + HOUR)
    assert kept.contradiction == FOUND


def another(name: str):
    """The same entry contradicted by another history, of another root."""
    head = sign("a", 6, sha256(name.encode()).digest(), NOON, KEY)
    return replace(FOUND, offered_note=head.note)


def test_each_history_that_was_offered_is_kept(connection):
    for name in ("one", "two", "three", "one"):
        store.keep(connection, another(name), NOON)
    kept = [one.contradiction for one in store.standing(connection, "a")]
    assert kept == [another("one"), another("two"), another("three")]
    found = store.offered(connection, FOUND)
    assert [(one.size, one.root) for one in found[:2]] == [
        (6, sha256(name.encode()).digest()) for name in ("one", "two")
    ]


def test_histories_without_end_fill_no_disk_and_hold_their_lots(connection, monkeypatch):
    monkeypatch.setattr(store, "MOST_OPEN", 2)
    for number, name in enumerate(("one", "two", "three", "one")):
        store.keep(connection, replace(another(name), lots=(LOT + number,)), NOON)
    kept = [one.contradiction for one in store.standing(connection, "a")]
    assert [one.offered_note for one in kept] == [
        another(name).offered_note for name in ("one", "two")
    ]
    assert [one.lots for one in kept] == [(LOT, LOT + 3), (LOT + 1, LOT + 2)]


def test_a_person_settles_it_once_and_it_may_come_again(connection):
    store.keep(connection, FOUND, NOON)
    (kept,) = store.standing(connection, "a")
    assert store.blocked_lots(connection) == {LOT}
    assert store.settle(connection, kept.id, "the registry explained", NOON)
    assert not store.settle(connection, kept.id, "again", NOON)
    assert store.blocked_lots(connection) == set()
    assert store.standing(connection, "a") == []
    store.keep(connection, FOUND, NOON + HOUR)
    assert len(store.contradictions(connection)) == 2
    assert store.blocked_lots(connection) == {LOT}


def test_a_contradicted_entry_names_the_lots_of_its_trees_and_garbage_none():
    here, there = tree_id(LOT, 3), tree_id(LOT + 1, 4)
    raws = [issued(1, here).raw, issued(1, here, there).raw, b"no entry"]
    assert lots_named(raws) == (LOT, LOT + 1)


def test_the_first_difference_is_found_or_there_is_none():
    assert first_difference([b"a", b"b", b"c"], [b"a", b"x", b"y"]) == 1
    assert first_difference([b"a"], [b"a"]) is None


def test_refused_bytes_are_kept_once_and_no_disk_is_filled(connection, monkeypatch):
    monkeypatch.setattr(store, "MOST_REFUSED", 2)
    for hour, raw in enumerate([b"one", b"one", b"two", b"three"]):
        store.keep_refused(
            connection, "a", path="/x", code="TR202", why="?", raw=raw, now=NOON + hour * HOUR
        )
    kept = connection.execute(select(mirror_refused.c.sha256, mirror_refused.c.raw)).all()
    assert {(sha256(raw).digest(), raw) for raw in (b"two", b"three")} == set(map(tuple, kept))


def test_a_source_tells_how_it_stands_and_since_when(connection):
    def tell(state, code, hour):
        store.tell(connection, "a", state, code=code, why=code, now=NOON + hour * HOUR)
        (found,) = store.sources(connection)
        return found

    assert tell(State.GOOD, "", 0).good_at == NOON
    assert tell(State.GOOD, "", 1).since == NOON
    silent = tell(State.SILENT, "TR201", 2)
    assert (silent.since, silent.good_at) == (NOON + 2 * HOUR, NOON + HOUR)
    assert tell(State.SILENT, "TR201", 3).since == NOON + 2 * HOUR
    assert tell(State.SILENT, "TR202", 4).since == NOON + 4 * HOUR
    assert tell(State.GOOD, "", 5).good_at == NOON + 5 * HOUR


def mirrored(connection, feed, *entries):
    """A feed with these entries."""
    mirror, replay, frontier = Mirror(connection, feed), Replay(connection, feed), Frontier()
    for index, entry in enumerate(entries):
        known = set(replay.register([entry]).fulfilments)
        replay.append(index, [(entry.raw, entry)])
        replay.write([Fulfilment(index, entry)], known)
    frontier = frontier.appended([entry.raw for entry in entries])
    mirror.keep_head(sign(feed, frontier.size, frontier.root, NOON, KEY), frontier, NOON)


def compared(connection, *, knows=NOON, other_knows=NOON, now=NOON):
    return disputes.compare(
        connection, feed="a", knows=knows, other="b", other_knows=other_knows, now=now
    )


def test_two_sources_that_say_the_same_do_not_disagree(connection):
    mirrored(connection, "a", issued(1, 1), issued(2, 2))
    later = after(issued(1, 1), Event.CORRECTED, at=NOON)
    mirrored(connection, "b", issued(2, 2), issued(1, 1), later)
    assert compared(connection) == 0
    assert list(disputes.disputes(connection)) == []


def test_other_values_and_what_one_lacks_are_disputes(connection):
    one, two, three = issued(1, 1), issued(2, 2), issued(3, 3)
    mirrored(connection, "a", one, two)
    mirrored(connection, "b", after(one, Event.ISSUED, adcode="640000"), three)
    assert compared(connection) == 3
    found = {d.certificate: (d.raw, d.other_raw) for d in disputes.disputes(connection)}
    assert found[two.certificate] == (two.raw, None)
    assert found[three.certificate] == (None, three.raw)
    (only,) = disputes.disputes(connection, one.certificate)
    assert only.raw == one.raw


def test_a_source_that_is_only_behind_disputes_nothing(connection):
    mirrored(connection, "a", issued(1, 1))
    mirrored(connection, "b")
    before = issued(1, 1).at - HOUR
    assert compared(connection, other_knows=before) == 0
    assert compared(connection, other_knows=NOON) == 1


def test_a_dispute_ends_when_both_agree_and_may_begin_again(connection):
    one = issued(1, 1)
    mirrored(connection, "a", one)
    mirrored(connection, "b")
    compared(connection, now=NOON)
    compared(connection, now=NOON + HOUR)
    (standing,) = disputes.disputes(connection)
    assert (standing.found_at, standing.seen_at) == (NOON, NOON + HOUR)
    compared(connection, other_knows=one.at - HOUR, now=NOON + 2 * HOUR)
    assert list(disputes.disputes(connection)) == []
    assert connection.execute(select(mirror_disputes.c.ended_at)).scalar_one() == NOON + 2 * HOUR
    compared(connection, now=NOON + 3 * HOUR)
    assert next(disputes.disputes(connection)).found_at == NOON + 3 * HOUR
