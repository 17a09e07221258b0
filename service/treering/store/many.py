"""Many rows by one statement: a column is an array, so that the SQL is the same for any number."""

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import Connection, CursorResult, Table, text
from sqlalchemy.dialects import postgresql

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def insert_many(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, object]], then: str = ""
) -> CursorResult[tuple[object, ...]]:
    """Insert rows that all name the same columns; `then` ends the statement (ON CONFLICT …)."""
    names = tuple(rows[0])
    columns = {name: [row[name] for row in rows] for name in names}
    return connection.execute(text(f"{_insert(table, names)} {then}"), columns)


@cache
def _insert(table: Table, names: tuple[str, ...]) -> str:
    arrays = ", ".join(f"CAST(:{n} AS {table.c[n].type.compile(_DIALECT)}[])" for n in names)
    columns = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table.name} ({columns}) SELECT * FROM unnest({arrays})"  # noqa: S608
