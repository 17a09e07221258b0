"""The way to PostgreSQL: whether it takes writes, and that nobody waits for ever."""

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from tests.ports import free_port
from treering.store import engine
from treering.store.engine import takes_writes
from treering.store.trip import trip

SLOW = text("SELECT CAST(:given AS int), pg_sleep(0.05)")


def of_its_own(database_url: str, setting: str) -> Engine:
    """An engine whose sessions all have this setting."""
    return create_engine(database_url, connect_args={"options": f"-c {setting}"})


def test_a_read_only_database_takes_no_writes(database_url, empty_engine: Engine):
    assert takes_writes(empty_engine)
    assert not takes_writes(of_its_own(database_url, "default_transaction_read_only=on"))


def test_a_database_that_is_not_there_takes_no_writes():
    nobody = f"postgresql+psycopg://postgres@127.0.0.1:{free_port()}/postgres"
    assert not takes_writes(create_engine(nobody))


def test_nobody_waits_for_a_lock_for_ever(database_url):
    found = settings_of(database_url)
    assert found == {
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "1min",
        "idle_session_timeout": "1min",
        "client_connection_check_interval": "10s",
    }
    changed = settings_of(database_url + "&options=-c%20lock_timeout%3D100ms")
    assert changed["lock_timeout"] == "100ms"


def settings_of(database_url: str) -> dict[str, str]:
    opened = engine.engine(database_url)
    names = ("lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout")
    names += ("client_connection_check_interval",)
    with opened.connect() as connection:
        found = {n: connection.execute(text(f"SHOW {n}")).scalar_one() for n in names}
    opened.dispose()
    return found


def test_a_lock_that_is_not_given_in_time_is_a_fault_that_passes(database_url):
    hasty = engine.engine(database_url + "&options=-c%20lock_timeout%3D50ms")
    with hasty.connect() as holder, hasty.connect() as waiter:
        holder.execute(text("SELECT pg_advisory_lock(1)"))
        with pytest.raises(OperationalError):
            waiter.execute(text("SELECT pg_advisory_lock(1)"))
    hasty.dispose()


def test_a_database_whose_machine_is_gone_is_given_up_in_half_a_minute(database_url):
    opened = engine.engine(database_url)
    with opened.connect() as connection:
        told = connection.connection.driver_connection.info.get_parameters()
    opened.dispose()
    ask = int(told["keepalives_interval"]) * int(told["keepalives_count"])
    assert int(told["keepalives_idle"]) + ask <= 30
    assert int(told["tcp_user_timeout"]) <= 30_000


def test_a_session_that_the_server_ended_while_it_was_idle_is_made_anew(database_url):
    brief = engine.engine(database_url + "&options=-c%20idle_session_timeout%3D50ms")
    asked = []
    for _ in range(2):
        with brief.connect() as connection:
            asked.append(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        assert ended(database_url, asked[-1])
    brief.dispose()
    assert len(set(asked)) == 2


def by_a_trip(connection: Connection) -> None:
    trip(connection, [(SLOW, {"given": 1})])


def by_many(connection: Connection) -> None:
    raw = connection.connection.driver_connection
    raw.cursor().executemany("SELECT %s, pg_sleep(0.05)", [(1,), (2,)])


@pytest.mark.parametrize("sent", [by_a_trip, by_many])
def test_a_process_that_freezes_after_a_pipeline_loses_its_transaction_too(database_url, sent):
    brief = engine.engine(
        database_url + "&options=-c%20idle_in_transaction_session_timeout%3D200ms"
    )
    with brief.connect() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        sent(connection)  # so slow that its answers come after the last of it was sent
        assert ended(database_url, pid)
        connection.invalidate()
    brief.dispose()


def ended(database_url: str, pid: int) -> bool:
    """Wait until the server has no such session any more."""
    watcher = create_engine(database_url)
    query = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
    with watcher.connect() as connection:
        for _ in range(1000):
            if not connection.execute(query, {"pid": pid}).scalar_one():
                break
            connection.execute(text("SELECT pg_sleep(0.01), pg_stat_clear_snapshot()"))
        else:
            return False
    watcher.dispose()
    return True


def test_a_session_that_was_cut_off_in_a_query_is_replaced(database_url):
    opened = engine.engine(database_url)
    with opened.connect() as connection:
        raw = connection.connection.driver_connection
        first = raw.info.backend_pid
    raw.pgconn.send_query(b"SELECT pg_sleep(30)")  # and nobody fetches what it brings
    with opened.connect() as connection:
        assert connection.connection.driver_connection.info.backend_pid != first
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    opened.dispose()
