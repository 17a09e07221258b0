"""Whether everything halts: the chain broke its word, or books and chain tell different things.

Then nothing is redeemed or minted, and every page says so, until a person has looked.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine

from treering.domain.redemption import Ask
from treering.errors import Diverged
from treering.flow.redeeming.redeem import Answer, Desk
from treering.store import identity
from treering.store.engine import UNAVAILABLE

_SECONDS = 2.0  # how old what is said may be


@dataclass
class Halt:
    """Asked by every page, so the books are asked once in a while only."""

    engine: Engine
    monotonic: Callable[[], float] = time.monotonic
    _asked_at: float = field(default=float("-inf"), init=False)
    _why: str | None = field(default=None, init=False)
    _answered: bool = field(default=False, init=False)

    def why(self) -> str | None:
        """Since when and why; None if work goes on, or the books cannot say."""
        now = self.monotonic()
        if now - self._asked_at >= _SECONDS:
            self._asked_at = now
            self._why = self._read()
        return self._why

    def is_known_well(self) -> bool:
        """Whether the books can say that nothing halts."""
        return self.why() is None and self._answered

    def insist(self) -> None:
        """Diverged while everything is halted."""
        if why := self.why():
            raise Diverged(why)

    def _read(self) -> str | None:
        try:
            with self.engine.connect() as connection:
                halted = identity.halted(connection)
        except UNAVAILABLE:
            self._answered = False
            return None
        self._answered = True
        return f"halted since {halted[0]:%Y-%m-%d %H:%M} UTC: {halted[1]}" if halted else None


@dataclass(frozen=True, slots=True)
class Barrier:
    """A desk that takes nothing in while everything is halted."""

    halt: Halt
    desk: Desk

    def redeem_all(self, asks: Sequence[Ask]) -> Sequence[Answer | Exception]:
        why = self.halt.why()
        return [Diverged(why) for _ in asks] if why else self.desk.redeem_all(asks)
