"""The census: how many fulfilled, at a date, for greening offices and for everybody.

What a head says never changes, so that each is counted once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Engine

from treering.domain.census import Cell, Census, exact, public
from treering.domain.instant import end_of_day
from treering.domain.role import Person, Role
from treering.errors import CensusUnknown
from treering.store.census import CensusTaker

_KEPT = 32  # heads
_SEEING = (Role.OPERATOR, Role.REGULATOR, Role.AUDITOR)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Statistician:
    """`feed` is the origin of the registry's log, None where none is followed."""

    engine: Engine
    feed: str | None
    _counted: dict[int, Sequence[Cell]] = field(default_factory=dict)

    def fulfilled(self, person: Person | None, day: date | None = None) -> Census:
        """At the end of the day in Beijing, or now: exact in the provinces that this person
        may see; without him, or for another role, what everybody may know. CensusUnknown."""
        at = end_of_day(day) if day else None
        feed, (size, root, as_of), cells = self._ask(lambda taker: self._at(taker, at))
        seeing = person is not None and person.role in _SEEING
        provinces = person.provinces if person and seeing else None
        lines = exact(cells, provinces) if seeing else public(cells)
        return Census(
            feed=feed, size=size, root=root, as_of=as_of, lines=tuple(lines), exact=seeing
        )

    def names(self) -> dict[str, tuple[str, str]]:
        """Provinces in English and Chinese, by adcode."""
        return self._ask(lambda taker: taker.names())

    def _at(
        self, taker: CensusTaker, at: datetime | None
    ) -> tuple[str, tuple[int, bytes, datetime], Sequence[Cell]]:
        head, newest = taker.head(at), taker.head(None)
        if head is None or newest is None or self.feed is None:
            raise CensusUnknown("the mirror has no head from before the end of that day")
        size = head[0]
        if size not in self._counted:
            while len(self._counted) >= _KEPT:
                self._counted.pop(next(iter(self._counted)))
            self._counted[size] = taker.now() if size == newest[0] else taker.at(size)
        return self.feed, head, self._counted[size]

    def _ask(self, question: Callable[[CensusTaker], _T]) -> _T:
        """In one snapshot, so that head and certificates belong together."""
        if self.feed is None:
            raise CensusUnknown("no registry is followed here")
        isolated = self.engine.execution_options(isolation_level="REPEATABLE READ")
        with isolated.connect() as connection:
            return question(CensusTaker(connection, self.feed))
