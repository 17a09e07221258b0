"""The database's clock: one time for all processes, whatever their machines believe.

It is read now and then, and carried on by the process's monotonic clock, which no operator
and no time server sets back.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from treering.store.engine import UNAVAILABLE

_EVERY_SECONDS = 600.0


def utc_now() -> datetime:
    """This machine's clock, which is for whoever compares clocks."""
    return datetime.now(UTC)


class DatabaseClock:
    """`monotonic` counts seconds. Before the database has answered once, the machine's clock."""

    def __init__(self, engine: Engine, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._monotonic = monotonic
        self._read: tuple[float, datetime] | None = None

    def __call__(self) -> datetime:
        now = self._monotonic()
        if self._read is None or now - self._read[0] > _EVERY_SECONDS:
            self._ask()
        if self._read is None:
            return utc_now()
        at, moment = self._read
        return moment + timedelta(seconds=self._monotonic() - at)

    def _ask(self) -> None:
        try:
            with self._engine.connect() as connection:
                asked = self._monotonic()
                query = text("SELECT clock_timestamp()")
                moment: datetime = connection.execute(query).scalar_one()
        except UNAVAILABLE:
            return  # what was read before goes on
        self._read = ((asked + self._monotonic()) / 2, moment.astimezone(UTC))
