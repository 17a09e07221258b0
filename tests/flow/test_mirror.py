"""The mirror against real servers and a real database: all of a log, or nothing new of it."""

import threading
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import select, text, update

from tests.fakes.registry import (
    OTHER_KEY,
    PUBLIC,
    Between,
    Clock,
    LooseRegistry,
    Twin,
    after,
    apply,
    body,
    issued,
    serving,
    withdraw,
)
from treering.domain.fulfilment import Event
from treering.domain.record import TreeId
from treering.errors import (
    EntryRefused,
    MirrorDamaged,
    RegistryContradicted,
    RegistryRefused,
    RegistryUnavailable,
    TreeUsedTwice,
)
from treering.flow import mirror as flow
from treering.flow.mirror import interconnection, status, sync
from treering.registry.feed import Feed
from treering.store.metadata import metadata
from treering.store.mirror import Mirror
from treering.store.mirror_tables import (
    mirror_certificates,
    mirror_entries,
    mirror_heads,
    mirror_trees,
)

TABLES = [mirror_heads, mirror_entries, mirror_certificates, mirror_trees]
LOG = PUBLIC.name


@pytest.fixture
def engine(empty_engine):
    metadata.create_all(empty_engine, tables=TABLES)
    return empty_engine


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def registry(clock):
    loose = LooseRegistry(clock=clock)
    loose.add(*(issued(number, 3 * number, 3 * number + 1) for number in range(5)))
    return loose


@pytest.fixture
def between(registry):
    return Between(registry.app())


@pytest.fixture
def feed(between):
    with serving(between) as url:
        client = Feed(url, PUBLIC, patience_seconds=2.0)
        yield client
        client.close()


def rows(engine):
    """All that the mirror holds."""
    with engine.connect() as connection:
        return [connection.execute(select(table)).all() for table in TABLES]


def tree(engine, number):
    with engine.connect() as connection:
        return interconnection(connection, LOG, TreeId(number))


def refused(engine, feed, clock, error=RegistryRefused, why=""):
    """The synchronisation is refused, and nothing of it stays."""
    before = rows(engine)
    with pytest.raises(error, match=why or None) as caught:
        sync(engine, feed, clock)
    assert rows(engine) == before
    return caught.value


def test_the_twins_log_is_followed_from_grant_to_withdrawal(engine, clock, tmp_path):
    twin = Twin(tmp_path, clock)
    with serving(twin.app) as url:
        feed = Feed(url, PUBLIC)
        assert sync(engine, feed, clock).held.head.size == 0
        granted = apply(url, twin.application("one", 1, 2, 3)).json()
        assert sync(engine, feed, clock).added == 1

        found = tree(engine, 2)
        assert found.uses_tree
        assert found.fulfilment.entry.certificate.hex() == granted["certificate"]
        assert (found.fulfilment.entry.year, found.fulfilment.entry.synthetic) == (2024, True)

        withdraw(url, granted["certificate"])
        assert sync(engine, feed, clock).added == 1
        found = tree(engine, 2)
        assert (found.uses_tree, found.fulfilment.active) == (False, False)
        feed.close()


def test_without_a_mirror_there_is_no_answer_and_with_one_a_dated_no(engine, feed, clock):
    assert tree(engine, 1) is None
    assert status(engine, LOG, clock) is None

    sync(engine, feed, clock)
    found = tree(engine, 1000)
    assert (found.fulfilment, found.uses_tree) == (None, False)
    assert (found.held.head.size, found.held.head.time) == (5, clock.now)


def test_synchronising_again_changes_nothing_but_the_date(engine, feed, clock, between):
    first = sync(engine, feed, clock)
    before = rows(engine)
    clock.passes(hours=1)
    between.asked.clear()
    again = sync(engine, feed, clock)

    assert (first.added, again.added) == (5, 0)
    assert between.asked == ["/checkpoint"]
    assert rows(engine)[1:] == before[1:]
    assert again.held.head.time - first.held.head.time == timedelta(hours=1)
    with engine.connect() as connection:
        head = connection.execute(select(mirror_heads)).one()
    assert head.fetched_at - head.first_fetched_at == timedelta(hours=1)


def test_a_delta_is_added_to_what_is_held(engine, feed, clock, registry, between):
    sync(engine, feed, clock)
    registry.add(issued(9, 90), after(issued(0, 0, 1), Event.CORRECTED, adcode="640000"))
    between.asked.clear()

    assert sync(engine, feed, clock).added == 2
    assert between.asked == ["/checkpoint", "/consistency", "/entries"]
    assert tree(engine, 90).uses_tree
    assert tree(engine, 0).fulfilment.entry.adcode == "640000"
    with engine.connect() as connection:
        assert Mirror(connection, LOG).entries(0, 7) == registry.raws
        assert connection.execute(select(mirror_heads.c.size)).scalars().all() == [5, 7]


def test_many_pages_are_one_step(engine, feed, clock, registry, monkeypatch):
    monkeypatch.setattr(flow, "PAGE", 2)
    assert sync(engine, feed, clock).added == 5
    assert tree(engine, 12).uses_tree


def test_trees_move_between_certificates_as_the_log_says(engine, feed, clock, registry):
    first = issued(0, 0, 1)
    sync(engine, feed, clock)
    registry.add(after(first, Event.CORRECTED, trees=first.trees[:1]), issued(6, 1))
    sync(engine, feed, clock)
    assert tree(engine, 1).fulfilment.entry == issued(6, 1)
    assert tree(engine, 0).fulfilment.entry.trees == first.trees[:1]

    registry.add(after(first, Event.WITHDRAWN, trees=first.trees[:1]), issued(7, 0))
    sync(engine, feed, clock)
    assert tree(engine, 0).fulfilment.entry == issued(7, 0)
    with engine.connect() as connection:
        withdrawn = Mirror(connection, LOG).fulfilment(first.certificate)
        assert Mirror(connection, LOG).fulfilment(bytes(32)) is None
    assert not withdrawn.active


def test_a_tree_that_a_correction_gave_back_is_used_no_more(engine, feed, clock, registry):
    registry.add(after(issued(0, 0, 1), Event.CORRECTED, trees=()))
    sync(engine, feed, clock)
    registry.add(after(issued(1, 3, 4), Event.CORRECTED, trees=()))
    sync(engine, feed, clock)
    assert tree(engine, 0).fulfilment is None  # given back before we ever heard of it
    assert tree(engine, 3).fulfilment.active
    assert not tree(engine, 3).uses_tree


def test_rewritten_history_is_refused(engine, feed, clock, registry):
    sync(engine, feed, clock)
    registry.raws[2] = issued(66, 66).raw
    registry.add(issued(7, 70))
    refused(engine, feed, clock, why="cannot prove that its 6 entries begin with our 5")


def test_rewritten_history_of_the_same_length_is_a_provable_contradiction(
    engine, feed, clock, registry
):
    held = sync(engine, feed, clock).held
    registry.raws[2] = issued(66, 66).raw
    proof = refused(engine, feed, clock, RegistryContradicted, "two roots for 5 entries")
    assert proof.held == held.head.note
    assert proof.offered != proof.held


def test_a_log_that_goes_back_is_refused(engine, feed, clock, registry):
    sync(engine, feed, clock)
    del registry.raws[3:]
    refused(engine, feed, clock, why="went back to 3 entries")
    clock.passes(hours=1)
    refused(engine, feed, clock, RegistryContradicted, "5 entries at .* but 3 at")


def test_an_older_head_is_refused(engine, feed, clock, between):
    seen = []
    between.spoils["/checkpoint"] = body(lambda note: seen.append(note) or note)
    sync(engine, feed, clock)
    clock.passes(hours=1)
    sync(engine, feed, clock)
    between.spoils["/checkpoint"] = body(lambda _: seen[0])
    refused(engine, feed, clock, why="went back to 5 entries as of")


def test_our_own_clock_may_step_back(engine, feed, clock):
    sync(engine, feed, clock)
    clock.passes(seconds=-30)
    assert sync(engine, feed, clock).held.fetched_at == clock.now
    assert status(engine, LOG, clock).age == timedelta()


def test_a_frozen_head_grows_old_and_the_age_is_shown(engine, feed, clock, between):
    frozen = []
    between.spoils["/checkpoint"] = body(lambda note: (frozen or frozen.append(note) or frozen)[0])
    sync(engine, feed, clock)
    clock.passes(days=30)
    sync(engine, feed, clock)

    shown = status(engine, LOG, clock)
    assert shown.age == timedelta(days=30)
    assert shown.held.fetched_at == clock.now
    assert tree(engine, 0).age(clock.now) == timedelta(days=30)


def test_a_head_from_the_future_does_not_lock_out_later_ones(engine, feed, clock, registry):
    registry.clock = Clock(clock.now + timedelta(days=365))
    refused(engine, feed, clock, why="is dated")
    registry.clock = clock
    assert sync(engine, feed, clock).added == 5


def test_a_leap_forward_is_bounded_and_later_heads_are_still_taken(engine, feed, clock):
    with pytest.raises(RegistryRefused, match="5 new entries at once; at most 4"):
        sync(engine, feed, clock, most_new=4)
    assert sync(engine, feed, clock, most_new=5).added == 5


def test_a_head_by_another_key_is_refused(engine, feed, clock, registry):
    sync(engine, feed, clock)
    registry.key = OTHER_KEY
    refused(engine, feed, clock, why="is not signed by")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda page: page.replace(b"150000", b"640000", 1), "do not hash to the signed root"),
        (lambda page: page.replace(b'"F1"', b'"F9"', 1), "entry 0"),
        (lambda page: page.replace(b'"year":2024', b'"year":2O24', 1), "entry 0"),
        (lambda page: page.replace(b"{", b"{ ", 1), "entry 0 is not canonical"),
        (lambda page: page[: page.rindex(b"{")], "has 4 entries, not 5"),
        (lambda page: b"\n".join([*page.split(b"\n")[:4], page.split(b"\n")[0], b""]), "entry 4"),
        (lambda page: b"\n".join([*page.split(b"\n")[4::-1], b""]), "do not hash"),
    ],
    ids="tampered impossible invalid spaced truncated duplicated reordered".split(),
)
def test_entries_that_are_not_the_signed_ones_are_refused(
    engine, feed, clock, between, change, why
):
    between.spoils["/entries"] = body(change)
    refused(engine, feed, clock, why=why)
    between.spoils.clear()
    assert sync(engine, feed, clock).added == 5


@pytest.mark.parametrize(
    ("entry", "error", "why"),
    [
        (issued(0, 99), EntryRefused, "entry 5 issues again"),
        (issued(6, 0), TreeUsedTwice, "entry 5: tree 000000000000000000000000 is used"),
        (after(issued(6), Event.WITHDRAWN), EntryRefused, "entry 5: withdrawn, but"),
        (replace(issued(6), year=2026), EntryRefused, "entry 5: year 2026"),
    ],
)
def test_signed_entries_that_cannot_be_are_refused_too(
    engine, feed, clock, registry, entry, error, why
):
    sync(engine, feed, clock)
    registry.add(entry)
    refused(engine, feed, clock, error, why)


def test_an_entry_from_after_its_head_is_refused(engine, feed, clock, registry):
    registry.add(issued(6, at=clock.now + timedelta(seconds=1)), issued(7))
    refused(engine, feed, clock, EntryRefused, "entry 5 is dated .*, after the head")


def test_a_page_of_a_later_version_is_refused(engine, feed, clock, registry, between, monkeypatch):
    monkeypatch.setattr(flow, "PAGE", 3)
    pages = []

    def rewritten(page):
        pages.append(page)
        return page.replace(b'"F1"', b'"F2"') if len(pages) == 2 else page

    between.spoils["/entries"] = body(rewritten)
    refused(engine, feed, clock, why="do not hash")


def test_a_registry_that_falls_silent_half_way_leaves_nothing(engine, feed, clock, between):
    sync(engine, feed, clock)
    before = rows(engine)
    between.spoils["/checkpoint"] = lambda answer: replace(answer, status=503)
    refused(engine, feed, clock, RegistryUnavailable, "503")
    assert status(engine, LOG, clock).held.head.size == 5
    assert rows(engine) == before


def test_a_synchronisation_that_takes_too_long_gives_up(engine, feed, clock, between, monkeypatch):
    monkeypatch.setattr(flow, "PAGE", 2)

    def slowly(page):
        clock.passes(minutes=6)
        return page

    between.spoils["/entries"] = body(slowly)
    before = rows(engine)
    with pytest.raises(RegistryUnavailable, match="took longer than"):
        sync(engine, feed, clock)
    assert rows(engine) == before


def test_a_crash_between_staging_and_commit_leaves_nothing(
    engine, feed, clock, registry, monkeypatch
):
    sync(engine, feed, clock)
    before = rows(engine)
    registry.add(issued(9, 90))
    monkeypatch.setattr(Mirror, "keep_head", _end_our_backend)
    with pytest.raises(Exception, match=r"terminating connection|closed|EOF"):
        sync(engine, feed, clock)
    monkeypatch.undo()

    assert rows(engine) == before
    assert sync(engine, feed, clock).added == 1
    assert tree(engine, 90).uses_tree


def _end_our_backend(self, *_):
    """As if our process died: the server sees the connection end, the transaction with it."""
    assert self.entries(5, 6), "the new entry was staged"
    pid = self._connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    url = self._connection.engine.url.set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (pid,))
    self._connection.execute(text("SELECT 1"))


def test_several_synchronisations_at_once_take_each_entry_once(engine, feed, clock):
    added, failed = [], []

    def one():
        client = Feed(feed._url, PUBLIC)
        try:
            added.append(sync(engine, client, clock).added)
        except Exception as error:
            failed.append(error)
        client.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sorted(added) == [0, 0, 0, 5]


def test_our_own_rows_changed_by_hand_are_noticed(engine, feed, clock):
    sync(engine, feed, clock)
    with engine.begin() as connection:
        connection.execute(update(mirror_heads).values(peaks=bytes(64)))
    with pytest.raises(MirrorDamaged, match="the frontier of 5 has another root"):
        sync(engine, feed, clock)
