"""A bell that all processes hear: rung in the transaction that takes back what certificates
show, it sounds once that is committed, and not before (PostgreSQL's LISTEN and NOTIFY).

Whoever was cut off has heard nothing meanwhile, and must take it that it rang.
"""

from collections.abc import Iterator
from threading import Event

from sqlalchemy import Connection, Engine, text

from treering.store.driver import driver

_CHANNEL = "treering_certificates"


def ring(connection: Connection) -> None:
    connection.execute(text(f"NOTIFY {_CHANNEL}"))


def heard(engine: Engine, seconds: float, stop: Event) -> Iterator[tuple[Connection, bool]]:
    """Whether it rang since the last time: at once when it does, else every so many seconds.

    The first time says yes; the last is after `stop` was set. The connection is for whoever
    hears; a fault of the database ends it, as SQLAlchemy's.
    """
    with engine.connect() as connection:
        listening = connection.execution_options(isolation_level="AUTOCOMMIT")
        listening.execute(text(f"LISTEN {_CHANNEL}"))
        rang = True
        try:
            yield listening, rang
            while not stop.is_set():
                with driver(listening) as raw:
                    rang = any(True for _ in raw.notifies(timeout=seconds, stop_after=1))
                yield listening, rang
        finally:
            listening.invalidate()  # nobody else is to get it from the pool, and hear the bell
