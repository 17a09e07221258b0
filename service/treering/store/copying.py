"""Rows for PostgreSQL's COPY, as text that is put together at once: row by row through a driver
costs a million entries half a minute."""

from collections.abc import Iterable

from sqlalchemy import Connection, Table

from treering.store.driver import driver

_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def text_of(value: str) -> str:
    """A text as COPY reads it."""
    return value.translate(_ESCAPES)


def bytes_of(value: bytes) -> str:
    return rf"\\x{value.hex()}"


def copy(
    connection: Connection, table: Table, columns: Iterable[str], lines: Iterable[str]
) -> None:
    """Lines of values between tabs, each in COPY's own writing, without their newline."""
    names = ", ".join(f'"{column}"' for column in columns)
    said = f"COPY {table.name} ({names}) FROM STDIN"
    body = "".join([line + "\n" for line in lines])
    if body:
        with driver(connection) as raw, raw.cursor().copy(said.encode()) as out:
            out.write(body)
