"""Forgetting: what caches must drop when a holder withdraws, hides or corrects his name.

The hook for every cache of something that names a holder or says of him: a function that is
given (lot, first serial, how many) and drops what it holds of these records. It is called in
each web process within a second of the commit. A cache that is keyed by what it shows needs it
too: what is never asked for again would lie in memory until it is pushed out.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Thread

import structlog
from sqlalchemy import Engine

from treering.store import care
from treering.store.care import Range
from treering.store.engine import UNAVAILABLE

EVERY_SECONDS = 1.0
_log = structlog.get_logger(__name__)
Drop = Callable[[Range], None]


@dataclass
class Forgetting:
    """`drops` are the caches' hooks, in one process."""

    engine: Engine
    drops: Sequence[Drop]
    _last: int | None = field(default=None, init=False)

    def step(self) -> int:
        """How many ranges were dropped; those of before this process's first look are in no
        cache of its own."""
        with self.engine.connect() as connection:
            if self._last is None:
                self._last = care.last_forgotten(connection)
                return 0
            gone = list(care.forgotten_since(connection, self._last))
        for self._last, each in gone:
            for drop in self.drops:
                drop(each)
        return len(gone)

    def keep(self, rest: Callable[[float], None] = time.sleep, rounds: int | None = None) -> None:
        """For ever, or for so many rounds; a database that does not answer is asked again."""
        while rounds is None or rounds > 0:
            rounds = None if rounds is None else rounds - 1
            try:
                self.step()
            except UNAVAILABLE:
                _log.warning("caches do not know what to drop: the database does not answer")
            rest(EVERY_SECONDS)

    def start(self, rounds: int | None = None) -> Thread:
        """In a thread that ends with the process, or after so many rounds."""
        self.step()
        told = {"rounds": rounds}
        thread = Thread(target=self.keep, kwargs=told, name="forgetting", daemon=True)
        thread.start()
        return thread
