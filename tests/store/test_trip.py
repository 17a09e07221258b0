"""Several statements in one trip: their rows in order, SQLAlchemy's errors, no values in them."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from treering.store.trip import trip

_ECHO = text("SELECT CAST(:value AS text) AS value")
_KEEP = text("INSERT INTO kept VALUES (CAST(:value AS text))")


@pytest.fixture
def kept(empty_engine: Engine) -> Engine:
    with empty_engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (value text PRIMARY KEY)"))
    return empty_engine


def values(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return sorted(connection.execute(text("SELECT value FROM kept")).scalars())


def test_each_statement_brings_its_rows_and_all_are_one_transaction(kept: Engine):
    with kept.begin() as connection:
        found = trip(connection, [(_ECHO, {"value": "a"}), (_KEEP, {"value": "b"})])
        assert [[row.value for row in rows] for rows in found] == [["a"], []]
        assert values(kept) == []
    assert values(kept) == ["b"]


def test_from_the_first_that_fails_on_none_has_happened_and_no_value_is_told(kept: Engine):
    given = [(_KEEP, {"value": each}) for each in ("secret", "secret", "other")]
    with pytest.raises(IntegrityError) as refused, kept.begin() as connection:
        trip(connection, given)
    assert "secret" not in str(refused.value.statement) + str(refused.value.params)
    assert values(kept) == []
    with kept.begin() as connection:
        trip(connection, given[1:])
    assert values(kept) == ["other", "secret"]


def test_a_connection_that_is_lost_is_not_used_again(kept: Engine):
    end_it = text("SELECT pg_terminate_backend(pg_backend_pid())")
    with kept.connect() as connection:
        connection.begin()
        with pytest.raises(OperationalError) as lost:
            trip(connection, [(end_it, {})])
        assert connection.invalidated
        assert lost.value.connection_invalidated
    assert values(kept) == []
