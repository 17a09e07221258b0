"""Admission: whoever waits for the same lot is let in together, in order of arrival.

Each lot has a lane. While one group of a lane is with the database, the next one gathers, and a
group is taken when nobody comes through the door any more, so that groups grow with the crowd
and the lot's row is locked once a group. Lanes do not wait for each other, beyond the few
connections that they share. All of it lives in one event loop.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from treering.domain.redemption import Ask, Wish
from treering.errors import DatabaseUnavailable, LaneFull
from treering.flow.redeeming.redeem import Answer
from treering.store.engine import UNAVAILABLE, words_of

_log = structlog.get_logger(__name__)
GROUPS = 8  # of a lane at a turn: then another lot's may use the thread
GATHERING = 0.01  # seconds at most, and none for who is alone
_QUIET = 2  # turns of the event loop in which nobody came: one reads, the next one lets in
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
        """Turn by turn until nobody waits."""
        loop = asyncio.get_running_loop()
        try:
            while lane:
                await _gather(lane, self.limits.group)
                turn = _Turn(self.counter, self.limits, lane, loop)
                work = loop.run_in_executor(self._threads, turn.run)
                while not (await asyncio.wait({work}, timeout=turn.patience))[0]:
                    turn.send_away_where_too_slow()
                await work
        finally:
            del self._lanes[lot]


async def _gather(lane: deque[_Place], enough: int) -> None:
    """Until nobody comes any more, there are enough, or GATHERING is over."""
    loop = asyncio.get_running_loop()
    ends, quiet = loop.time() + GATHERING, 0
    while quiet < _QUIET and len(lane) < enough and loop.time() < ends:
        before = len(lane)
        await asyncio.sleep(0)
        quiet = 0 if len(lane) > before else quiet + 1


@dataclass
class _Turn:
    """A group of a lane, in a thread, and others after it while each is full: those do not wait
    until the event loop, busy with reading a crowd's requests, comes to look."""

    counter: Counter
    limits: Limits
    lane: deque[_Place]
    loop: asyncio.AbstractEventLoop
    group: list[_Place] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        for _ in range(GROUPS):
            self.begun, self.group = time.monotonic(), self._next()
            if not self.group:
                return
            asks = [place.ask for place in self.group]
            found = self._admitted(asks)
            self.loop.call_soon_threadsafe(_settle, self.group, found)
            _tell(asks, found)
            if len(self.lane) < self.limits.group:
                return

    @property
    def patience(self) -> float:
        """Seconds that are left to the group that is with the database."""
        return max(self.begun + self.limits.patience - time.monotonic(), 0.001)

    def send_away_where_too_slow(self) -> None:
        """In the event loop: the group, and whoever waits behind it."""
        if time.monotonic() < self.begun + self.limits.patience:
            return
        group, waiting = list(self.group), list(self.lane)
        self.lane.clear()
        self.begun = time.monotonic()
        _log.error("the database is too slow", group=len(group), waiting=len(waiting))
        for place in (*group, *waiting):
            place.settle(DatabaseUnavailable(SEND_AGAIN))

    def _next(self) -> list[_Place]:
        """In order of arrival, without those who left."""
        group: list[_Place] = []
        while len(group) < self.limits.group:
            try:
                place = self.lane.popleft()
            except IndexError:  # nobody waits, or the event loop has just sent all away
                break
            if not place.answer.done():
                group.append(place)
        return group

    def _admitted(self, asks: Sequence[Ask]) -> Sequence[Answer | Exception]:
        try:
            return self.counter.redeem_all(asks)
        except Exception as fault:
            return [fault] * len(asks)


def _settle(group: Sequence[_Place], found: Sequence[Answer | Exception]) -> None:
    for place, answer in zip(group, found, strict=True):
        place.settle(answer)


def _tell(asks: Sequence[Ask], found: Sequence[Answer | Exception]) -> None:
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
