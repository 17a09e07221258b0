"""Admission: whoever waits for the same lot is let in together, in order of arrival.

Each lot has a lane. While one group of a lane is with the database, the next one gathers, so
that groups grow with the crowd and the lot's row is locked once a group. Lanes do not wait for
each other, beyond the few connections that they share. All of it lives in one event loop.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from treering.domain.redemption import Ask, Wish
from treering.errors import DatabaseUnavailable, LaneFull
from treering.flow.redeeming.redeem import Answer
from treering.store.engine import UNAVAILABLE, words_of

_log = structlog.get_logger(__name__)
SEND_AGAIN = "send the same again in a moment: nothing is lost or doubled"


class Counter(Protocol):
    """Where a group is admitted; UNAVAILABLE if none of it can be."""

    def redeem_all(self, asks: Sequence[Ask]) -> Sequence[Answer | Exception]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`lane` and `all` are how many may wait: a second's work, and some for other lots."""

    group: int = 256  # larger ones cost their first as much time as they save the others
    lane: int = 2_000
    all: int = 4_000
    patience: float = 10.0  # seconds for a group, until its people are sent away


@dataclass(slots=True)
class _Place:
    ask: Ask
    answer: asyncio.Future[Answer]

    def settle(self, answer: Answer | Exception) -> None:
        if self.answer.done():
            return  # gone, or sent away
        if isinstance(answer, UNAVAILABLE):
            self.answer.set_exception(DatabaseUnavailable(SEND_AGAIN))
        elif isinstance(answer, Exception):
            self.answer.set_exception(answer)
        else:
            self.answer.set_result(answer)


@dataclass
class Admission:
    """The queue of one process before `counter`."""

    counter: Counter
    limits: Limits = field(default_factory=Limits)
    _lanes: dict[str, deque[_Place]] = field(default_factory=dict, init=False)
    _at_work: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _threads: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        # Lots that are served at once; one connection each.
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="admission")

    @property
    def waiting(self) -> int:
        return sum(len(lane) for lane in self._lanes.values())

    async def redeem(self, programme: str, key: str, wish: Wish) -> Answer:
        """The redemption, and whether the key had brought it before.

        LaneFull when too many wait, DatabaseUnavailable when it does not answer in time: then
        it may or may not be redeemed, and the same key brings the same redemption.
        """
        lane = self._lane(wish.lot)
        place = _Place(Ask(programme, key, wish), asyncio.get_running_loop().create_future())
        lane.append(place)
        return await place.answer

    def _lane(self, lot: str) -> deque[_Place]:
        lane = self._lanes.get(lot)
        if self.waiting >= self.limits.all or (lane and len(lane) >= self.limits.lane):
            raise LaneFull(f"{self.waiting} wait")
        if lane is None:
            lane = self._lanes[lot] = deque()
            task = asyncio.create_task(self._serve(lot, lane))
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)
        return lane

    async def _serve(self, lot: str, lane: deque[_Place]) -> None:
        """Group by group until nobody waits."""
        try:
            while lane:
                group = [lane.popleft() for _ in range(min(len(lane), self.limits.group))]
                await self._admit([place for place in group if not place.answer.done()], lane)
        finally:
            del self._lanes[lot]

    async def _admit(self, group: Sequence[_Place], lane: deque[_Place]) -> None:
        asks = [place.ask for place in group]
        loop = asyncio.get_running_loop()
        answers = loop.run_in_executor(self._threads, self.counter.redeem_all, asks)
        while not (await asyncio.wait({answers}, timeout=self.limits.patience))[0]:
            _log.error("the database is too slow", group=len(group), waiting=len(lane))
            _send_away([*group, *lane])
            lane.clear()
        try:
            found = await answers
        except UNAVAILABLE as fault:
            found = [fault] * len(group)
        for place, answer in zip(group, found, strict=True):
            place.settle(answer)
        faults = [answer for answer in found if isinstance(answer, UNAVAILABLE)]
        if faults:
            why = words_of(faults[0])
            _log.error("the database does not answer", why=why, sent_away=len(faults))
        _tell_redeemed(asks, found)


def _tell_redeemed(asks: Sequence[Ask], found: Sequence[Answer | Exception]) -> None:
    """A line a group: a crowd would write more of its own than anybody reads."""
    brought = [answer for answer in found if not isinstance(answer, Exception)]
    if not brought:
        return
    serials = [redemption.first_serial for redemption, replayed in brought if not replayed]
    _log.info(
        "redeemed",
        lot=asks[0].wish.lot,
        granted=len(serials),
        replayed=len(brought) - len(serials),
        refused=len(found) - len(brought),
        from_serial=min(serials, default=None),
    )


def _send_away(places: Iterable[_Place]) -> None:
    for place in places:
        place.settle(DatabaseUnavailable(SEND_AGAIN))
