"""The database's clock: one time for all, carried on by a clock that nobody sets back."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, create_engine, text

from tests.ports import free_port
from treering.store.clock import DatabaseClock


class Monotonic:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def shifted(database_url: str, hours: int) -> str:
    """The database with a clock of its own: what it calls its time is so many hours off."""
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    name = engine.url.database
    with engine.connect() as connection:
        connection.execute(text("CREATE SCHEMA clock"))
        connection.execute(
            text(
                "CREATE FUNCTION clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS "
                f"$$ SELECT pg_catalog.clock_timestamp() + interval '{hours} hours' $$"
            )
        )
        connection.execute(text(f"ALTER DATABASE {name} SET search_path = clock, pg_catalog"))
    engine.dispose()
    return database_url


def test_the_time_is_the_databases_and_not_the_machines(database_url):
    clock = DatabaseClock(create_engine(shifted(database_url, 5)))
    ahead = clock() - datetime.now(UTC)
    assert timedelta(hours=4, minutes=59) < ahead < timedelta(hours=5, minutes=1)


def test_between_two_readings_the_monotonic_clock_carries_it_on(empty_engine: Engine):
    monotonic = Monotonic()
    clock = DatabaseClock(empty_engine, monotonic)
    first = clock()
    monotonic.seconds += 90
    assert clock() == first + timedelta(seconds=90)
    monotonic.seconds += 600
    assert clock() < first + timedelta(seconds=60), "read anew"


def test_a_database_that_went_away_leaves_the_time_that_was_read(database_url):
    monotonic = Monotonic()
    engine = create_engine(database_url)
    clock = DatabaseClock(engine, monotonic)
    first = clock()
    clock._engine = create_engine(nobody())
    monotonic.seconds += 700
    assert clock() == first + timedelta(seconds=700)
    engine.dispose()


def test_before_any_reading_the_machines_clock_must_do():
    clock = DatabaseClock(create_engine(nobody()))
    assert abs(clock() - datetime.now(UTC)) < timedelta(minutes=1)


def nobody() -> str:
    return f"postgresql+psycopg://postgres@127.0.0.1:{free_port()}/postgres"
