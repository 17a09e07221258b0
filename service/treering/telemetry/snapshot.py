"""A slow reading for fast readers: kept for a while, and never waited for long.

A scrape must not hang because a node does. One reading is under way at a time, in a thread
that holds up nobody's end; who comes meanwhile gets the last one.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

import structlog

_T = TypeVar("_T")
_log = structlog.get_logger(__name__)


@dataclass
class Snapshot(Generic[_T]):
    """`read` is called at most once in `fresh_seconds`, and waited for `patience_seconds`."""

    read: Callable[[], _T]
    fresh_seconds: float = 10.0
    patience_seconds: float = 2.0
    clock: Callable[[], float] = time.monotonic
    _lock: Lock = field(default_factory=Lock, init=False)
    _under_way: Event | None = field(default=None, init=False)
    _last: _T | None = field(default=None, init=False)
    _read_at: float | None = field(default=None, init=False)

    def get(self) -> _T | None:
        """The last reading; None where there is none yet."""
        if self._is_stale():
            self._start().wait(self.patience_seconds)
        return self._last

    @property
    def age_seconds(self) -> float | None:
        return None if self._read_at is None else self.clock() - self._read_at

    def _is_stale(self) -> bool:
        age = self.age_seconds
        return age is None or age >= self.fresh_seconds

    def _start(self) -> Event:
        """The end of the reading that is under way."""
        with self._lock:
            if self._under_way is None:
                self._under_way = Event()
                Thread(target=self._read, args=(self._under_way,), daemon=True).start()
            return self._under_way

    def _read(self, done: Event) -> None:
        try:
            self._last, self._read_at = self.read(), self.clock()
        except Exception as error:
            _log.warning("no snapshot", why=type(error).__name__)
        finally:
            with self._lock:
                self._under_way = None
            done.set()
