"""A crowd before one lot: let in together and in order, each with his own answer."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Event

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from structlog.testing import capture_logs

from tests.flow.conftest import WISH
from treering.domain.redemption import Ask, Wish
from treering.errors import DatabaseUnavailable, KeyReused, LaneFull, LotFull, LotNotFound
from treering.flow.redeeming.admission import GROUPS, Admission, Limits
from treering.flow.redeeming.redeem import Desk

OTHER = replace(WISH, lot="ANT_FOREST-1")
pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Watched:
    """A desk that remembers its groups, and can be held up or broken."""

    desk: Desk
    groups: list[list[str]] = field(default_factory=list)
    open: Event = field(default_factory=Event)
    fault: Exception | None = None

    def __post_init__(self) -> None:
        self.open.set()

    def redeem_all(self, asks: Sequence[Ask]):
        self.groups.append([ask.key for ask in asks])
        assert self.open.wait(30)
        if self.fault:
            raise self.fault
        return self.desk.redeem_all(asks)


@pytest.fixture
def watched(desk: Desk) -> Watched:
    return Watched(desk)


async def come(admission: Admission, wishes: dict[str, Wish]):
    """All at once, in this order; what each was answered."""
    asked = [admission.redeem("ANT_FOREST", key, wish) for key, wish in wishes.items()]
    return await asyncio.gather(*asked, return_exceptions=True)


def crowd(count: int, wish: Wish = WISH) -> dict[str, Wish]:
    return {str(i): replace(wish, holder=f"user-{i % 7}") for i in range(count)}


def leave(desk: Desk, units: int) -> None:
    with desk.engine.begin() as connection:
        connection.execute(text(f"UPDATE lots SET capacity = asked + {units} WHERE year > 0"))


def rows(desk: Desk) -> list[tuple[int, int]]:
    query = "SELECT first_serial, count FROM redemptions ORDER BY lot, first_serial"
    with desk.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.01)


async def test_those_who_come_together_are_let_in_together_in_order_of_arrival(watched):
    admission = Admission(watched, Limits(group=40))
    answers = await come(admission, crowd(100))
    assert [made.first_serial for made, _ in answers] == list(range(100))
    assert [len(group) for group in watched.groups] == [40, 40, 20]


async def test_while_one_group_is_let_in_the_next_one_gathers(watched):
    admission = Admission(watched)
    watched.open.clear()
    first = asyncio.create_task(come(admission, {"a": WISH}))
    await until(lambda: watched.groups == [["a"]])
    rest = asyncio.create_task(come(admission, crowd(9)))
    await until(lambda: admission.waiting == 9)
    watched.open.set()
    await first
    await rest
    assert [len(group) for group in watched.groups] == [1, 9]


async def test_a_lot_that_sells_out_in_the_middle_of_a_group_serves_those_who_came_first(desk):
    leave(desk, 5)
    wishes = {
        "two": replace(WISH, count=2),
        "four": replace(WISH, count=4),  # more than are left, and no hindrance to the next
        "three": replace(WISH, count=3),
        "late": WISH,
    }
    two, four, three, late = await come(Admission(desk), wishes)
    assert isinstance(four, LotFull)
    assert isinstance(late, LotFull)
    assert (four.left, late.left) == (3, 0)
    assert (two[0].first_serial, three[0].first_serial) == (0, 2)
    assert rows(desk) == [(0, 2), (2, 3)]


async def test_of_a_sold_out_lot_no_holder_is_kept(desk):
    leave(desk, 0)
    answers = await come(Admission(desk), crowd(20))
    assert all(isinstance(answer, LotFull) for answer in answers)
    with desk.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM holders")).scalar() == 0


async def test_a_key_that_comes_twice_in_a_group_is_redeemed_once(desk):
    admission = Admission(desk)
    asked = [
        admission.redeem("ANT_FOREST", "a", wish)
        for wish in (WISH, WISH, replace(WISH, name="李四"))
    ]
    first, again, another = await asyncio.gather(*asked, return_exceptions=True)
    assert (first[1], again[1]) == (False, True)
    assert first[0] == again[0]
    assert isinstance(another, KeyReused)
    assert len(rows(desk)) == 1


async def test_a_wish_that_breaks_the_database_harms_none_of_its_neighbours(desk):
    with desk.engine.begin() as connection:
        # Stands for any rule of the database that the code before it does not know of.
        rule = "ALTER TABLE redemptions ADD CONSTRAINT no CHECK (campaign IS DISTINCT FROM 'no')"
        connection.execute(text(rule))
    surrogate = replace(WISH, holder="\ud800")  # no UTF-8; the API would not let it through
    wishes = crowd(12) | {"poison": replace(WISH, campaign="no"), "surrogate": surrogate}
    wishes |= {f"after {i}": WISH for i in range(5)}
    answers = dict(zip(wishes, await come(Admission(desk), wishes), strict=True))
    broken = {key: answers.pop(key) for key in ("poison", "surrogate")}
    assert all(isinstance(fault, Exception) for fault in broken.values())
    assert [made.first_serial for made, _ in answers.values()] == list(range(17))
    assert len(rows(desk)) == 17


class Deadlock(Exception):
    sqlstate = "40P01"


async def test_a_collision_of_two_transactions_is_tried_again(desk):
    collisions = iter([OperationalError("UPDATE", {}, Deadlock())])

    def once():
        for collision in collisions:
            raise collision
        return desk.clock()

    answers = await come(Admission(replace(desk, clock=once)), crowd(3))
    assert [made.first_serial for made, _ in answers] == [0, 1, 2]


async def test_a_collision_that_does_not_end_is_a_database_that_does_not_answer(desk):
    def always():
        raise OperationalError("UPDATE", {}, Deadlock())

    answers = await come(Admission(replace(desk, clock=always)), crowd(3))
    assert all(isinstance(answer, DatabaseUnavailable) for answer in answers)


async def test_lots_do_not_wait_for_each_other(watched):
    admission = Admission(watched)
    watched.open.clear()
    both = asyncio.create_task(come(admission, {"a": WISH, "b": OTHER}))
    await until(lambda: sorted(watched.groups) == [["a"], ["b"]])
    watched.open.set()
    assert [made.first_serial for made, _ in await both] == [0, 0]


async def test_four_crowds_leave_a_turn_to_the_fifth_lot(watched):
    admission = Admission(watched, Limits(group=1))
    watched.open.clear()
    wishes = {
        f"{lot} {i}": replace(WISH, lot=f"ANT_FOREST-{lot}")
        for lot in (1, 277, 464, 666)
        for i in range(2 * GROUPS)
    }
    crowds = asyncio.create_task(come(admission, wishes))
    await until(lambda: len(watched.groups) == 4)
    fifth = asyncio.create_task(come(admission, {"fifth": replace(WISH, lot="ANT_FOREST-805")}))
    await until(lambda: admission.waiting == len(wishes) - 4 + 1)
    watched.open.set()
    await fifth
    answers = await crowds
    assert watched.groups.index(["fifth"]) <= 4 * GROUPS
    assert not [answer for answer in answers if isinstance(answer, Exception)]


async def test_an_unknown_lot_is_refused_and_leaves_no_lane_behind(desk):
    admission = Admission(desk)
    (answer,) = await come(admission, {"a": replace(WISH, lot="NOWHERE-1")})
    assert isinstance(answer, LotNotFound)
    assert admission._lanes == {}


async def test_when_too_many_wait_for_a_lot_the_next_one_is_sent_away_at_once(watched):
    admission = Admission(watched, Limits(group=1, lane=3, all=5))
    watched.open.clear()
    first = asyncio.create_task(come(admission, {"a": WISH}))
    await until(lambda: watched.groups == [["a"]])
    rest = asyncio.create_task(come(admission, crowd(4)))
    others = asyncio.create_task(come(admission, {f"other {i}": OTHER for i in range(4)}))
    await until(lambda: admission.waiting >= 4)
    watched.open.set()
    answers = [*await first, *await rest]
    assert [isinstance(answer, LaneFull) for answer in answers] == [False] * 4 + [True]
    assert [isinstance(answer, LaneFull) for answer in await others] == [False, False, True, True]
    again = await come(admission, {"3": crowd(4)["3"]})
    assert again[0][0].first_serial == 4


@pytest.mark.parametrize("fault", [OperationalError("", {}, Exception("gone")), PoolExhausted()])
async def test_without_the_database_all_of_a_group_may_ask_again(watched, fault):
    admission = Admission(watched)
    watched.fault = fault
    answers = await come(admission, crowd(3))
    assert all(isinstance(answer, DatabaseUnavailable) for answer in answers)
    watched.fault = None
    again = await come(admission, crowd(3))
    assert [made.first_serial for made, _ in again] == [0, 1, 2]


async def test_a_slow_database_keeps_nobody_for_longer_than_their_patience(watched):
    admission = Admission(watched, Limits(group=2, patience=0.2))
    watched.open.clear()
    answers = await come(admission, crowd(5))
    assert all(isinstance(answer, DatabaseUnavailable) for answer in answers)
    watched.open.set()  # the group that was under way is redeemed after all
    admission.limits = Limits(group=2)
    again = await come(admission, crowd(5))
    assert [made.first_serial for made, _ in again] == list(range(5))
    assert [replayed for _, replayed in again] == [True, True, False, False, False]


async def test_whoever_leaves_while_he_waits_is_not_redeemed(watched):
    admission = Admission(watched)
    watched.open.clear()
    first = asyncio.create_task(come(admission, {"a": WISH}))
    await until(lambda: watched.groups == [["a"]])
    gone = asyncio.create_task(admission.redeem("ANT_FOREST", "gone", WISH))
    stays = asyncio.create_task(admission.redeem("ANT_FOREST", "stays", WISH))
    await until(lambda: admission.waiting == 2)
    gone.cancel()
    watched.open.set()
    await first
    made, _ = await stays
    assert made.first_serial == 1
    assert watched.groups == [["a"], ["stays"]]


async def test_two_processes_before_one_lot_sell_it_to_the_last_unit_without_a_gap(desk):
    leave(desk, 90)
    doors = [Admission(Desk(desk.engine, desk.vault, desk.clock), Limits(group=4)) for _ in "12"]
    asked = [come(door, crowd(60)) for door in doors]  # the same keys at both
    for answers in await asyncio.gather(*asked):
        assert [type(answer) for answer in answers] == [tuple] * 60
    more = [come(door, {f"{i}-{key}": WISH for key in range(40)}) for i, door in enumerate(doors)]
    outcomes = [type(answer) for answers in await asyncio.gather(*more) for answer in answers]
    assert (outcomes.count(tuple), outcomes.count(LotFull)) == (30, 50)
    assert rows(desk) == [(serial, 1) for serial in range(90)]


async def test_a_group_is_one_line_in_the_log_with_its_serials(watched: Watched):
    admission = Admission(watched)
    with capture_logs() as said:
        await come(admission, crowd(1))
        await come(admission, {**crowd(3), "x": replace(WISH, year=2020)})
        await come(admission, {"y": replace(WISH, year=2020)})
    told = [{**line, "event": None} for line in said if line["event"] == "redeemed"]
    same = {"event": None, "log_level": "info", "lot": WISH.lot}
    assert told[0] == {**same, "granted": 1, "replayed": 0, "refused": 0, "from_serial": 0}
    assert sum(line["granted"] for line in told) == 3
    assert sum(line["replayed"] for line in told) == 1
    assert all(line["lot"] == WISH.lot for line in told)
