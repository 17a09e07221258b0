"""The process hears from its books, as soon as they change, that what it read is out of date."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from structlog.testing import capture_logs

from tests.flow.conftest import Ticks
from treering.domain.contradiction import Contradiction, Kind, State
from treering.domain.flight import Flight
from treering.domain.registry_head import TreeHead
from treering.domain.registry_log import Frontier
from treering.flow.caring.withdraw import Farewell
from treering.flow.parts import Parts
from treering.flow.redeeming.halt import Halt
from treering.flow.remembering.heed import LIMIT, Heed
from treering.store import contradictions, identity
from treering.store.bell import ring
from treering.store.flights import Flights
from treering.store.mirror import Mirror

FEED = "registry.example/log"
NOW = datetime(2025, 3, 12, 12, tzinfo=UTC)


def soon(happened: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def heed(parts: Parts) -> Iterator[Heed]:
    """Listening already."""
    halt = Halt(parts.engine, lambda: time.monotonic() * 1000)  # asked each time
    heed, stop = Heed(parts.engine, halt, FEED), Event()
    thread = Thread(target=heed.listen, args=(stop,))
    thread.start()
    soon(lambda: heed.mark() is not None)
    yield heed
    stop.set()
    thread.join()


@pytest.fixture
def elsewhere(parts: Parts) -> Iterator[Engine]:
    """As another process has it."""
    engine = create_engine(parts.engine.url)
    yield engine
    engine.dispose()


def test_nothing_is_known_before_anybody_listens(parts: Parts):
    assert Heed(parts.engine, Halt(parts.engine), None).mark() is None


def test_while_nothing_changes_the_mark_stays(heed: Heed, elsewhere: Engine):
    mark = heed.mark()
    with elsewhere.begin() as connection:
        connection.execute(text("UPDATE lots SET asked = asked"))
    time.sleep(1.5)  # longer than from one look to the next
    assert heed.mark() == mark


def test_a_withdrawal_by_another_process_is_heard_once_it_is_committed(
    heed: Heed, elsewhere: Engine, parts: Parts, numbers
):
    mark = heed.mark()
    assert Farewell(elsewhere, parts.vault).withdraw("ANT_FOREST", "user-1") == 3
    soon(lambda: heed.mark() not in (None, mark))


def test_what_was_not_committed_is_not_heard(heed: Heed, elsewhere: Engine):
    mark = heed.mark()
    with elsewhere.connect() as connection:
        ring(connection)
        time.sleep(0.2)
        assert heed.mark() == mark
        connection.rollback()
    time.sleep(1.2)
    assert heed.mark() == mark


def test_many_rings_are_all_heard_also_those_that_come_while_it_looks(heed: Heed, elsewhere):
    for _ in range(50):
        mark = heed.mark()
        with elsewhere.begin() as connection:
            ring(connection)
        soon(lambda mark=mark: heed.mark() not in (None, mark))


def test_a_final_batch_that_is_final_no_more_is_heard(heed: Heed, elsewhere: Engine, numbers):
    mark = heed.mark()
    with elsewhere.begin() as connection:
        flights = Flights(connection, "ANT_FOREST")
        (final,) = flights.final_beyond(_lot(connection), 0)
        assert isinstance(final, Flight)
        assert flights.move(final, final.dropped())
    soon(lambda: heed.mark() not in (None, mark))


def test_a_halt_and_its_end_are_seen(heed: Heed, elsewhere: Engine, parts: Parts):
    mark = heed.mark()
    with elsewhere.begin() as connection:
        identity.halt(connection, "somebody must look", parts.clock())
    soon(lambda: heed.mark() not in (None, mark))
    mark = heed.mark()
    with elsewhere.begin() as connection:
        identity.resume(connection)
    soon(lambda: heed.mark() not in (None, mark))


def test_a_newer_head_of_the_mirror_is_seen(heed: Heed, elsewhere: Engine, parts: Parts):
    mark, now = heed.mark(), parts.clock()
    with elsewhere.begin() as connection:
        head = TreeHead(FEED, 0, Frontier().root, now, b"")
        Mirror(connection, FEED).keep_head(head, Frontier(), now)
    soon(lambda: heed.mark() not in (None, mark))


def test_what_speaks_against_the_mirror_is_seen_and_its_end_too(heed: Heed, elsewhere: Engine):
    def changes(act: Callable[[Connection], object]) -> bool:
        before = heed.mark()
        with elsewhere.begin() as connection:
            act(connection)
        soon(lambda: heed.mark() != before)
        return True

    note = {"held_note": "a", "held_size": 1, "offered_note": "b", "offered_size": 1}
    found = Contradiction(feed=FEED, kind=Kind.HEADS, why="two roots", **note)
    told = {"code": "TR244", "why": "we hold less", "now": NOW}
    assert changes(lambda books: contradictions.tell(books, FEED, State.BEHIND, **told))
    assert changes(lambda books: contradictions.keep(books, found, NOW))
    assert changes(lambda books: contradictions.keep(books, replace(found, lots=(9,)), NOW))
    with elsewhere.connect() as connection:
        (kept,) = contradictions.standing(connection, FEED)
    assert changes(lambda books: contradictions.settle(books, kept.id, "explained", NOW))


def test_cut_off_from_the_books_nothing_is_known_and_then_all_anew(heed, parts, postgres: str):
    mark, name = heed.mark(), parts.engine.url.database
    server = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with capture_logs() as logs, server.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        connection.execute(text(ended), {"name": name})
        soon(lambda: heed.mark() is None)
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
        soon(lambda: heed.mark() is not None)
    server.dispose()
    assert heed.mark() != mark
    assert {log["code"] for log in logs if log["event"] == "not reached"} == {"TR319"}


def test_books_that_do_not_answer_are_believed_for_three_seconds(parts: Parts, ticks: Ticks):
    heed, stop = Heed(parts.engine, Halt(parts.engine), None, ticks), Event()
    stop.set()
    heed._listen(stop)
    mark = heed.mark()
    ticks.seconds = LIMIT - 0.1
    assert heed.mark() == mark is not None
    ticks.seconds = LIMIT
    assert heed.mark() is None


def test_nobody_who_comes_later_hears_the_bell_on_that_connection(parts: Parts):
    heed, stop = Heed(parts.engine, Halt(parts.engine), None), Event()
    stop.set()
    heed._listen(stop)
    with parts.engine.connect() as connection:
        heard = connection.execute(text("SELECT count(*) FROM pg_listening_channels()"))
        assert heard.scalar_one() == 0


def _lot(connection) -> int:
    query = text("SELECT lot FROM batches LIMIT 1")
    return int(connection.execute(query).scalar_one())
