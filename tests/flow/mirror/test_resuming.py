"""A synchronisation that ends in the middle, however: nothing half-applied, and the next one
goes on from there."""

import os
import subprocess
import sys
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import func, select, text, update

from tests.fakes.registry import PUBLIC, LooseRegistry, body, issued
from tests.flow.mirror.kit import rows, tree
from treering.domain.tiles import packed, unpacked
from treering.errors import RegistryRefused, RegistryUnavailable
from treering.flow.mirroring import mirror as flow
from treering.flow.mirroring.mirror import sync
from treering.registry.feed import Feed
from treering.store.mirror import Mirror
from treering.store.tables.drops import mirror_staged

MANY = 3 * 256 + 100  # three bundles and a part of one


@pytest.fixture
def registry(clock):
    loose = LooseRegistry(clock=clock)
    loose.raws = [issued(number, number).raw for number in range(MANY)]
    return loose


def staged(engine):
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(mirror_staged)).scalar_one()


def bundles(between):
    return [path for path in between.asked if "/entries/" in path]


def cut_after(count, between):
    """The registry falls silent after so many bundles."""
    between.spoils["/tile/entries/"] = lambda answer: (
        answer if len(bundles(between)) <= count else replace(answer, status=503)
    )


def cut_short(engine, feed, clock, between, monkeypatch, *, after=2):
    monkeypatch.setattr(flow, "AT_ONCE", 1)
    cut_after(after, between)
    before = rows(engine)
    with pytest.raises(RegistryUnavailable, match="503"):
        sync(engine, feed, clock)
    assert rows(engine) == before
    between.spoils.clear()
    between.asked.clear()


def test_what_was_proven_before_the_line_broke_is_not_fetched_again(
    engine, feed, clock, between, monkeypatch
):
    cut_short(engine, feed, clock, between, monkeypatch)
    assert staged(engine) == 2
    assert sync(engine, feed, clock).added == MANY
    assert bundles(between) == ["/tile/entries/002", "/tile/entries/003.p/100"]
    assert staged(engine) == 0
    assert tree(engine, MANY - 1).uses_tree


def test_the_log_may_grow_while_we_are_away(engine, feed, clock, between, registry, monkeypatch):
    def dies(*_):
        raise RegistryUnavailable("as if we died")

    monkeypatch.setattr(flow, "apply", dies)
    with pytest.raises(RegistryUnavailable):
        sync(engine, feed, clock)
    monkeypatch.undo()
    assert staged(engine) == 4
    registry.add(*(issued(number, number) for number in range(MANY, MANY + 100)))
    between.asked.clear()
    assert sync(engine, feed, clock).added == MANY + 100
    assert bundles(between) == ["/tile/entries/003.p/200"]


def test_a_staged_bundle_that_the_next_head_does_not_hold_is_fetched_anew(
    engine, feed, clock, between, registry, monkeypatch
):
    cut_short(engine, feed, clock, between, monkeypatch)
    with engine.begin() as connection:
        false = packed([issued(9_999, 9_999).raw, *registry.raws[1:256]])
        first = mirror_staged.c.start == 0
        connection.execute(update(mirror_staged).where(first).values(raw=false))
    assert sync(engine, feed, clock).added == MANY
    assert bundles(between)[0] == "/tile/entries/000"


def test_a_synchronisation_that_takes_too_long_gives_up_and_is_continued(
    engine, feed, clock, between, monkeypatch
):
    monkeypatch.setattr(flow, "AT_ONCE", 1)

    def slowly(raw):
        clock.passes(minutes=6)
        return raw

    between.spoils["/tile/entries/"] = body(slowly)
    before = rows(engine)
    with pytest.raises(RegistryUnavailable, match="took longer than"):
        sync(engine, feed, clock)
    assert rows(engine) == before
    assert staged(engine) == 2
    between.spoils.clear()
    assert sync(engine, feed, clock).added == MANY


def test_bundles_that_vanish_before_they_are_taken_over_are_noticed(
    engine, feed, clock, monkeypatch
):
    monkeypatch.setattr(flow, "AT_ONCE", 99)
    monkeypatch.setattr(flow._Look, "_stage", lambda *_: None)
    with pytest.raises(RegistryRefused, match=f"0 entries of {MANY} were staged"):
        sync(engine, feed, clock)


def test_a_log_of_nothing_with_a_root_of_something_is_refused(engine, feed, clock, monkeypatch):
    true = feed.head()
    monkeypatch.setattr(feed, "head", lambda: replace(true, size=0))
    with pytest.raises(RegistryRefused, match="0 entries do not hash"):
        sync(engine, feed, clock)


def test_a_session_that_ends_between_staging_and_commit_leaves_the_last_good_state(
    engine, feed, clock, monkeypatch
):
    before = rows(engine)
    monkeypatch.setattr(Mirror, "keep_head", _end_our_backend)
    with pytest.raises(Exception, match=r"terminating connection|closed|EOF"):
        sync(engine, feed, clock)
    monkeypatch.undo()
    assert rows(engine) == before
    assert sync(engine, feed, clock).added == MANY


def _end_our_backend(self, *_):
    """As if our process died: the server sees the connection end, the transaction with it."""
    assert self.entries(5, 6), "the new entry was written"
    pid = self._connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    url = self._connection.engine.url.set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (pid,))
    self._connection.execute(text("SELECT 1"))


_SYNC = """
import os, sys
from sqlalchemy import create_engine
from treering import failpoint
from treering.domain.registry_head import VerifierKey
from treering.flow.mirroring import mirror
from treering.registry.feed import Feed
from treering.store.clock import utc_now
mirror.AT_ONCE = 1
failpoint.arm(os.environ)
feed = Feed(sys.argv[2], VerifierKey.parse(sys.argv[3]))
mirror.sync(create_engine(sys.argv[1]), feed, utc_now)
"""


@pytest.mark.parametrize(
    ("point", "left"),
    [
        ("mirror.staged:1", 1),
        ("mirror.staged:3", 3),
        ("mirror.page_applied_before_cursor:1", 4),
    ],
)
def test_a_process_that_is_killed_at_any_point_is_continued_by_the_next(
    engine, feed, clock, between, point, left
):
    url = engine.url.render_as_string(hide_password=False)
    before = rows(engine)
    killed = subprocess.run(
        [sys.executable, "-c", _SYNC, url, feed.url, str(PUBLIC)],
        env=os.environ | {"FAILPOINT": point},
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -9, killed.stderr.decode()
    assert rows(engine) == before
    assert staged(engine) == left

    between.asked.clear()
    assert sync(engine, feed, clock).added == MANY
    assert len(bundles(between)) == 4 - left
    with engine.connect() as connection:
        assert Mirror(connection, PUBLIC.name).entries(0, MANY) == unpacked(
            packed(one.raw for one in [issued(n, n) for n in range(MANY)])
        )


def test_a_client_of_another_process_may_be_closed(feed):
    other = Feed(feed.url, PUBLIC)
    assert other.head().size == MANY
    other.close()
