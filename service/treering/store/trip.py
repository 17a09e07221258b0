"""Several statements in one trip to PostgreSQL: libpq's pipeline, in SQLAlchemy's terms.

A trip costs far more than a short statement. The statements run in order and in the
connection's transaction; from the first that fails on, none has happened.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql import ClauseElement

from treering.store.driver import driver

Statement = tuple[ClauseElement, Mapping[str, object]]  # and the values of its parameters
Rows = list[Any]  # named tuples, with PostgreSQL's own types as psycopg has them
_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


def trip(connection: Connection, statements: Sequence[Statement]) -> list[Rows]:
    """What each statement brings. SQLAlchemy's errors; what was given stands in none of them."""
    assert connection.in_transaction(), "else nobody would commit it"
    with driver(connection) as raw:
        with raw.pipeline():
            cursors = [_sent(raw, each, given) for each, given in statements]
        return [cursor.fetchall() if cursor.description else [] for cursor in cursors]


def _sent(
    raw: psycopg.Connection[Any], statement: ClauseElement, given: Mapping[str, object]
) -> psycopg.Cursor[Any]:
    return raw.cursor(row_factory=namedtuple_row).execute(_sql(statement), given)


@cache
def _sql(statement: ClauseElement) -> bytes:
    return str(statement.compile(dialect=_DIALECT)).encode()
