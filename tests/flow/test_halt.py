"""Whether everything halts is asked of the books, once in a while."""

from sqlalchemy import Engine, create_engine

from tests.flow.conftest import Ticks
from treering.flow.redeeming.halt import Halt
from treering.store import identity


def test_what_halts_is_known_after_a_moment_and_stays_known(
    parts, engine: Engine, monotonic: Ticks
):
    halt = Halt(engine, monotonic)
    assert halt.why() is None
    with engine.begin() as connection:
        identity.halt(connection, "the first reason", parts.clock())
        identity.halt(connection, "a later one", parts.clock())
    assert halt.why() is None
    monotonic.seconds += 5
    assert halt.why() == "halted since 2026-11-22 08:00 UTC: the first reason"


def test_books_that_are_away_halt_nothing():
    away = Halt(create_engine("postgresql+psycopg://127.0.0.1:1/none"))
    assert away.why() is None
    assert not away.is_known_well()
