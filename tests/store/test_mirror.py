"""The mirror's rows: what the database itself refuses, and who may write at once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from tests.fakes.registry import KEY, PUBLIC, after, issued
from treering.domain.fulfilment import Event, Fulfilment
from treering.domain.record import TreeId
from treering.domain.registry_head import sign
from treering.domain.registry_log import Frontier
from treering.store.mirror import Mirror
from treering.store.mirror_replay import Replay
from treering.store.tables.metadata import metadata
from treering.store.tables.mirror import (
    mirror_certificates,
    mirror_entries,
    mirror_heads,
    mirror_trees,
)

LOG = PUBLIC.name
NOON = datetime(2025, 3, 12, 12, tzinfo=UTC)
ENTRY = issued(0, 1, 2**96 - 1)


@pytest.fixture
def connection(empty_engine):
    tables = [mirror_heads, mirror_entries, mirror_certificates, mirror_trees]
    metadata.create_all(empty_engine, tables=tables)
    with empty_engine.connect() as opened:
        yield opened


@pytest.fixture
def mirror(connection):
    """With one certificate that uses two trees."""
    mirror = Mirror(connection, LOG)
    frontier = Frontier().appended([ENTRY.raw])
    replay = Replay(connection, LOG)
    replay.append(0, [(ENTRY.raw, ENTRY)])
    replay.write([Fulfilment(0, ENTRY)], known=set())
    mirror.keep_head(sign(LOG, 1, frontier.root, NOON, KEY), frontier, NOON)
    connection.commit()
    return mirror


@pytest.fixture
def replay(connection):
    return Replay(connection, LOG)


def test_a_feeds_name_may_hold_what_copying_reads_otherwise(connection):
    name = r"example\log\n"
    Replay(connection, name).append(0, [(ENTRY.raw, ENTRY)])
    Replay(connection, name).write([Fulfilment(0, ENTRY)], known=set())
    assert Mirror(connection, name).fulfilment(ENTRY.certificate) == Fulfilment(0, ENTRY)


def test_what_was_kept_is_read_back(mirror):
    assert mirror.held().head.size == 1
    assert mirror.frontier() == Frontier().appended([ENTRY.raw])
    assert mirror.fulfilment(ENTRY.certificate) == Fulfilment(0, ENTRY)
    assert mirror.interconnection(TreeId(2**96 - 1)).uses_tree
    assert mirror.entries(0, 9) == [ENTRY.raw]


def test_two_feeds_know_nothing_of_each_other(mirror, connection):
    other = Mirror(connection, "another.example/log")
    assert other.held() is None
    assert other.frontier() == Frontier()
    assert other.interconnection(TreeId(1)) is None
    assert other.fulfilment(ENTRY.certificate) is None
    assert Replay(connection, "another.example/log").register([ENTRY]).fulfilments == {}


def test_a_register_holds_what_the_next_entries_touch(mirror, replay):
    thief, stranger = issued(5, 1), issued(6, 7)
    assert set(replay.register([thief]).fulfilments) == {ENTRY.certificate}
    assert replay.register([stranger]).fulfilments == {}
    assert replay.register([]).fulfilments == {}


def test_the_database_itself_gives_a_tree_to_one_active_certificate_only(mirror, replay):
    thief = issued(5, 1)
    replay.append(1, [(thief.raw, thief)])
    with pytest.raises(Exception, match="uq_mirror_trees_used"):
        replay.write([Fulfilment(1, thief)], known=set())


def test_a_withdrawn_certificate_frees_its_trees_for_another(mirror, replay):
    withdrawn, heir = after(ENTRY, Event.WITHDRAWN), issued(5, 1)
    replay.append(1, [(withdrawn.raw, withdrawn), (heir.raw, heir)])
    changed = [Fulfilment(1, withdrawn), Fulfilment(2, heir)]
    replay.write(changed, known={ENTRY.certificate})
    assert mirror.interconnection(TreeId(1)).fulfilment == Fulfilment(2, heir)
    assert mirror.interconnection(TreeId(2**96 - 1)).fulfilment == Fulfilment(1, withdrawn)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (mirror_heads, {"size": 3, "peaks": bytes(32)}),
        (mirror_heads, {"size": -1}),
        (mirror_heads, {"root": bytes(31)}),
        (mirror_heads, {"head_time": NOON - timedelta(days=1)}),
        (mirror_entries, {"index": 0}),
        (mirror_entries, {"index": -1}),
        (mirror_entries, {"certificate": bytes(31)}),
        (mirror_certificates, {"index": 7}),
        (mirror_certificates, {"year": 1980}),
        (mirror_certificates, {"adcode": "15"}),
        (mirror_certificates, {"form": "F9"}),
        (mirror_trees, {"tree": -1}),
        (mirror_trees, {"tree": 2**96}),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_rows_that_cannot_be_true_are_refused_by_the_database(mirror, connection, table, row):
    good = {
        mirror_heads: {
            "size": 2,
            "root": bytes(32),
            "peaks": bytes(32),
            "first_note": "",
            "first_head_time": NOON,
            "note": "",
            "head_time": NOON,
            "first_fetched_at": NOON,
            "fetched_at": NOON,
        },
        mirror_entries: {"index": 1, "certificate": bytes(32), "raw": b""},
        mirror_certificates: {
            "certificate": bytes(32),
            "index": 0,
            "active": True,
            "year": 2024,
            "adcode": "150000",
            "form": "F1",
        },
        mirror_trees: {"tree": 5, "certificate": ENTRY.certificate, "index": 0, "used": True},
    }[table]
    connection.execute(insert(table).values({"feed": LOG} | good))
    connection.rollback()
    with pytest.raises(IntegrityError):
        connection.execute(insert(table).values({"feed": LOG} | good | row))


def test_who_synchronises_a_feed_does_it_alone_until_the_transaction_ends(mirror, empty_engine):
    mirror.lock()
    order = []

    def second():
        with empty_engine.begin() as connection:
            Mirror(connection, LOG).lock()
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with empty_engine.begin() as connection:
        Mirror(connection, "another.example/log").lock()  # another feed does not wait
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        while not connection.execute(waiting).scalar_one():
            pass
    order.append("first")
    mirror._connection.rollback()
    thread.join()
    assert order == ["first", "second"]
