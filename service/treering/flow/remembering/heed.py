"""Heed: what was read from the books may be shown again until they say otherwise.

A withdrawal, or a final batch that is final no more, rings a bell in every process within
milliseconds. What need not be known at once (a halt, a newer head of the mirror, what speaks
against it) is looked at every second, and so is whether the books answer at all: cut off from
them, nothing is kept.
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Event

import structlog
from sqlalchemy import Connection, Engine

from treering.errors import DatabaseUnavailable
from treering.flow.redeeming.halt import Halt
from treering.store import contradictions
from treering.store.bell import heard
from treering.store.engine import UNAVAILABLE, words_of
from treering.store.mirror import Mirror

LIMIT = 3.0  # seconds: a connection that is silent for longer may have missed a ring
_LOOK = 1.0  # seconds from one look to the next

_log = structlog.get_logger(__name__)


@dataclass
class Heed:
    """One a process; `listen` runs in a thread of its own. `feed` is the mirrored log's origin.

    `now` counts seconds and never goes back.
    """

    engine: Engine
    halt: Halt
    feed: str | None
    now: Callable[[], float] = time.monotonic
    _heard: float = field(default=float("-inf"), init=False)
    _changes: int = field(default=0, init=False)
    _seen: Hashable = field(default=None, init=False)

    def mark(self) -> int | None:
        """A number that changes whenever the books do; None while nobody can tell."""
        return self._changes if self.now() - self._heard < LIMIT else None

    def listen(self, stop: Event) -> None:
        """Until `stop` is set."""
        while not stop.is_set():
            try:
                self._listen(stop)
            except UNAVAILABLE as fault:
                self._heard = float("-inf")
                why = words_of(fault).partition("\n")[0]
                _log.warning("not reached", code=DatabaseUnavailable.code, why=why)
                stop.wait(_LOOK)

    def _listen(self, stop: Event) -> None:
        for connection, rang in heard(self.engine, _LOOK, stop):
            began, seen = self.now(), self._look(connection)
            if rang or seen != self._seen:
                self._changes, self._seen = self._changes + 1, seen
            self._heard = began

    def _look(self, connection: Connection) -> Hashable:
        held = Mirror(connection, self.feed).held() if self.feed else None
        head = held and (held.head.size, held.head.root, held.head.time)
        return self.halt.why(), head, contradictions.against(connection) if self.feed else None
