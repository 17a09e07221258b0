"""psycopg beneath SQLAlchemy: for COPY, for pipelines, and where its rows cost less."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


@contextmanager
def driver(connection: Connection) -> Iterator[psycopg.Connection]:
    """The connection's own; its faults are raised as SQLAlchemy's, without what was given.

    A connection that is lost by one is not used again.
    """
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    try:
        yield raw
    except psycopg.Error as fault:
        # After a FATAL nothing more comes, though the line's end may not have been seen yet.
        lost = fault.diag.severity_nonlocalized in ("FATAL", "PANIC")
        lost = lost or connection.dialect.is_disconnect(fault, raw, None)  # type: ignore[arg-type]
        if lost:
            connection.invalidate(fault)
        raise DBAPIError.instance(
            "",
            {},
            fault,
            psycopg.Error,
            hide_parameters=True,
            connection_invalidated=lost,
            dialect=connection.dialect,
        ) from fault
