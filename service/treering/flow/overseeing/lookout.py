"""Lookout: what is told while there is still time to act, and changes nothing by itself.

A record waits for longer than half of what was promised until it is final; or the chain's own
time runs ahead, or back. No verdict hangs on either.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import Engine

from treering.store import queue

_log = structlog.get_logger(__name__)
_AHEAD_SECONDS = 15  # what nodes themselves accept of a block


class Block(Protocol):
    """`timestamp` in Unix seconds."""

    @property
    def number(self) -> int: ...
    @property
    def timestamp(self) -> int: ...


@dataclass
class Lookout:
    """`newest_block` raises ChainUnavailable when no node answers; `promise` is the time from
    redeemed to final that people were told of."""

    engine: Engine
    newest_block: Callable[[], Block]
    clock: Callable[[], datetime]
    promise: timedelta
    _told: set[str] = field(default_factory=set, init=False)
    _before: Block | None = field(default=None, init=False)

    def look(self) -> None:
        """Each thing is said once, and once more when it is over."""
        self._say("promise", "promise half spent", self._late())
        self._say("block time", "block time odd", self._odd())

    def _say(self, topic: str, message: str, why: str | None) -> None:
        if why and topic not in self._told:
            self._told.add(topic)
            _log.warning(message, why=why)
        elif why is None and topic in self._told:
            self._told.remove(topic)
            _log.info("goes on", topic=topic)

    def _late(self) -> str | None:
        with self.engine.connect() as connection:
            oldest = queue.oldest_unfinal(connection)
        waited = self.clock() - oldest if oldest else timedelta()
        if waited < self.promise / 2:
            return None
        return f"a record has waited for {_whole(waited)} of the {_whole(self.promise)} promised"

    def _odd(self) -> str | None:
        head, before = self.newest_block(), self._before
        self._before = head
        ahead = head.timestamp - int(self.clock().timestamp())
        if ahead > _AHEAD_SECONDS:
            return f"block {head.number} is {ahead} s ahead of the database's clock"
        if before and head.number > before.number and head.timestamp < before.timestamp:
            back = before.timestamp - head.timestamp
            return f"block {head.number} is {back} s older than block {before.number}"
        return None


def _whole(span: timedelta) -> timedelta:
    return timedelta(seconds=int(span.total_seconds()))
