"""What was asked for is counted from redemptions, by one look a lot."""

import pytest
from sqlalchemy import Engine, insert, text

from tests.store.rows import WORLD
from treering.store.redemptions import Redemptions
from treering.store.tables.books import lots, redemptions

ROWS = {table.name: row for table, row in WORLD}
KEPT = ("programmes", "parties", "provinces", "species", "holders")


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """Three lots of two units; nobody asked for anything yet."""
    with engine.begin() as connection:
        for table, row in WORLD:
            if table.name in KEPT:
                connection.execute(insert(table), row)
        for number, unit in ((1, 1), (2, 1), (3, 3)):
            lot = ROWS["lots"] | {"id": number, "slug": f"P-{number}", "unit": unit, "sealed": 0}
            connection.execute(insert(lots), lot | {"asked": 0})
    return engine


def ask(engine: Engine, lot: int, first_serial: int, count: int) -> None:
    row = ROWS["redemptions"] | {"lot": lot, "first_serial": first_serial, "count": count}
    with engine.begin() as connection:
        connection.execute(insert(redemptions), row)


def test_units_asked_for_are_summed_over_lots_and_never_over_units(engine: Engine):
    for lot, first_serial, count in ((1, 0, 5), (1, 5, 1), (2, 0, 7), (3, 0, 1000)):
        ask(engine, lot, first_serial, count)
    with engine.connect() as connection:
        assert Redemptions(connection).asked() == {1: 13, 3: 1000}


def test_where_nobody_asked_there_is_no_number(engine: Engine):
    with engine.connect() as connection:
        assert Redemptions(connection).asked() == {}


def test_the_lots_own_counter_is_not_taken_for_it(engine: Engine):
    ask(engine, 1, 0, 5)
    with engine.begin() as connection:
        connection.execute(text("UPDATE lots SET asked = 9 WHERE id = 1"))
        assert Redemptions(connection).asked() == {1: 5}
