"""Loading: what holds for a key holds for a line; a cell of lines is one transaction."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs
from psycopg.errors import DeadlockDetected
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from tests.flow.conftest import NOW, WISH
from treering.domain import load
from treering.domain.load import Granted
from treering.domain.redemption import Wish
from treering.domain.wishes import WishIn
from treering.errors import (
    KeyReused,
    LotFull,
    LotNotFound,
    NameRefused,
    NotAllowed,
    RedemptionInFuture,
    RequestMalformed,
)
from treering.flow.redeeming.load import Loader
from treering.flow.redeeming.redeem import Desk
from treering.store.bulk import Bulk


@pytest.fixture
def loader(desk: Desk) -> Loader:
    return Loader(desk.engine, desk.vault, desk.clock)


def wishes(count: int, **change):
    return [replace(WISH, holder=f"user-{i}", **change) for i in range(count)]


def given(line):
    """A wish as it is read from a file; a refusal as it is."""
    if not isinstance(line, Wish):
        return line
    content = {name: getattr(line, name) for name in Wish.__dataclass_fields__}
    return WishIn(**content | {"unit": line.unit and line.unit.name})


def run(loader: Loader, lines, key="history", programme="ANT_FOREST"):
    """The answers, by line."""
    entries = enumerate(map(given, lines), start=1)
    answered = loader.load(programme, key, entries)
    return dict(answer for answers in answered for answer in answers)


def serials(answers):
    return [o.first_serial if isinstance(o, Granted) else type(o) for o in answers.values()]


def count(loader: Loader, table: str) -> int:
    with loader.engine.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def capacity(loader: Loader, units: int) -> None:
    with loader.engine.begin() as connection:
        connection.execute(text(f"UPDATE lots SET capacity = {units} WHERE slug = '{WISH.lot}'"))


@pytest.fixture
def meanwhile(monkeypatch):
    """Lets something happen once, after a cell's holders were looked up and before it is written;
    what is returned holds an entry for each attempt."""
    attempts, lock = [], Bulk.lock

    def happens(what):
        def locked(self, lots):
            attempts.append(what() if not attempts else None)
            return lock(self, lots)

        monkeypatch.setattr(Bulk, "lock", locked)
        return attempts

    return happens


def test_serials_follow_the_lines_and_every_redemption_can_be_found(loader: Loader, desk: Desk):
    lines = [WISH, replace(WISH, count=3, campaign="a\\b"), replace(WISH, redeemed_at=NOW)]
    answers = run(loader, lines)
    assert serials(answers) == [0, 1, 4]
    made = desk.find("ANT_FOREST", answers[2].id)
    assert (made.count, made.campaign, made.masked_name, made.recorded_at) == (
        3,
        "a\\b",
        "张*",
        NOW,
    )
    assert made.trees() == answers[2].trees()
    assert made.price_grams == 17_900
    assert desk.find("ANT_FOREST", answers[3].id).redeemed_at == NOW
    assert desk.redeem("ANT_FOREST", "single", WISH)[0].first_serial == 5
    assert count(loader, "holders") == 1


def test_the_same_file_again_is_told_again_and_doubles_nothing(loader: Loader, monkeypatch):
    monkeypatch.setattr(load, "CELL", 3)
    first = run(loader, wishes(8))
    again = run(loader, wishes(9))
    assert [again[line] for line in first] == [
        structs.replace(o, replayed=True) for o in first.values()
    ]
    assert serials(again) == list(range(9))
    assert count(loader, "redemptions") == 9


def test_a_file_cut_short_anywhere_goes_on_where_it_stopped(loader: Loader, monkeypatch):
    monkeypatch.setattr(load, "CELL", 4)

    def cut(lines):
        yield from enumerate(map(given, lines), start=1)
        raise RuntimeError

    for length in (0, 3, 4, 6, 11):
        with pytest.raises(RuntimeError):
            list(loader.load("ANT_FOREST", "history", cut(wishes(length))))
    assert serials(run(loader, wishes(12))) == list(range(12))
    assert count(loader, "redemptions") == 12


def test_another_line_in_its_place_is_refused_and_a_mended_one_is_redeemed(loader: Loader):
    unread = RequestMalformed("oops")
    assert serials(run(loader, [WISH, unread, WISH])) == [0, RequestMalformed, 1]
    answers = run(loader, [replace(WISH, count=2), WISH, WISH])
    assert serials(answers) == [KeyReused, 2, 1]
    assert [getattr(o, "replayed", None) for o in answers.values()] == [None, False, True]


def test_a_line_that_came_before_its_clock_went_back_is_refused_and_not_redeemed_twice(
    loader: Loader,
):
    lines = [replace(WISH, redeemed_at=NOW)]
    assert serials(run(loader, lines)) == [0]
    behind = replace(loader, clock=lambda: NOW - timedelta(hours=1))
    assert serials(run(behind, lines)) == [RedemptionInFuture]
    assert serials(run(behind, [WISH])) == [KeyReused]
    assert serials(run(loader, lines)) == [0]
    assert count(loader, "redemptions") == 1


def test_lines_and_single_redemptions_have_keys_of_their_own(loader: Loader, desk: Desk):
    run(loader, [WISH])
    assert desk.redeem("ANT_FOREST", "history", replace(WISH, count=2))[0].first_serial == 1
    assert desk.redeem("ANT_FOREST", "history:1", replace(WISH, count=2))[0].first_serial == 3
    assert serials(run(loader, [WISH], key="history:1")) == [5]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"lot": "NOWHERE-1"}, LotNotFound),
        ({"lot": "GFOREST-1"}, NotAllowed),
        ({"name": "\u202e"}, NameRefused),
        ({"redeemed_at": NOW + timedelta(days=1)}, RedemptionInFuture),
        ({"count": 150_001}, LotFull),
    ],
)
def test_a_refused_line_costs_no_other_line_and_keeps_nothing(loader: Loader, change, refusal):
    answers = run(loader, [WISH, replace(WISH, holder="nobody", **change), WISH])
    assert serials(answers) == [0, refusal, 1]
    assert count(loader, "holders") == 1


def test_a_lot_that_sells_out_in_the_middle_refuses_what_does_not_fit(loader: Loader):
    capacity(loader, 5)
    asked = [*wishes(3), replace(WISH, holder="greedy", count=3), *wishes(4)]
    answers = run(loader, asked)
    assert serials(answers) == [0, 1, 2, LotFull, 3, 4, LotFull, LotFull]
    assert [o.left for o in answers.values() if isinstance(o, LotFull)] == [2, 0, 0]
    with loader.engine.connect() as connection:
        query = "SELECT lookup FROM holders LEFT JOIN redemptions r ON r.holder = id "
        assert connection.execute(text(query + "WHERE r.holder IS NULL")).all() == []
    assert count(loader, "holders") == 3
    capacity(loader, 10)
    assert serials(run(loader, asked)) == [0, 1, 2, 5, 3, 4, 8, 9]


def test_nothing_is_kept_of_a_load_that_granted_nothing(loader: Loader):
    run(loader, [replace(WISH, lot="NOWHERE-1")])
    assert (count(loader, "redemptions"), count(loader, "load_cells")) == (0, 0)


def test_two_who_send_the_same_file_at_once_redeem_it_once(loader: Loader, monkeypatch):
    monkeypatch.setattr(load, "CELL", 20)
    lines = wishes(100)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(run(loader, lines))) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert serials(answers[0]) == serials(answers[1]) == list(range(100))
    assert count(loader, "redemptions") == 100


def test_loads_and_single_redemptions_of_the_same_holders_at_once_leave_no_gap(
    loader: Loader, desk: Desk, monkeypatch
):
    monkeypatch.setattr(load, "CELL", 10)
    lines = wishes(60)

    def singly():
        for i, wish in enumerate(reversed(lines)):
            desk.redeem("ANT_FOREST", str(i), wish)

    work = [singly, lambda: run(loader, lines, "a"), lambda: run(loader, lines[::-1], "b")]
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (count(loader, "redemptions"), count(loader, "holders")) == (180, 60)
    with loader.engine.connect() as connection:
        query = "SELECT max(first_serial) + 1, max(asked) FROM redemptions JOIN lots ON id = lot"
        assert connection.execute(text(query)).one() == (180, 180)


def test_a_holder_whom_another_adds_in_between_lets_the_cell_begin_again(
    loader: Loader, desk: Desk, meanwhile
):
    other = replace(WISH, lot="ANT_FOREST-464")
    attempts = meanwhile(lambda: desk.redeem("ANT_FOREST", "other", other))
    assert serials(run(loader, [WISH])) == [0]
    assert (len(attempts), count(loader, "holders")) == (2, 1)


def test_holders_that_a_load_added_itself_are_no_news_to_its_next_cells(
    loader: Loader, monkeypatch, meanwhile
):
    monkeypatch.setattr(load, "CELL", 2)
    attempts = meanwhile(lambda: None)
    assert serials(run(loader, wishes(3) * 4)) == list(range(12))
    assert (len(attempts), count(loader, "holders")) == (6, 3)


@pytest.mark.parametrize("fault", ["race", "rule"])
def test_what_does_not_pass_is_raised_and_nothing_is_kept(loader: Loader, monkeypatch, fault):
    def fail(*_):
        if fault == "race":
            raise OperationalError("", {}, DeadlockDetected())
        raise IntegrityError("", {}, ValueError())

    monkeypatch.setattr("treering.flow.redeeming.load.Loads.keep", fail)
    with pytest.raises((OperationalError, IntegrityError)):
        run(loader, [WISH])
    assert count(loader, "redemptions") == 0


def test_a_load_of_the_first_release_goes_on_without_doubling_a_line(loader: Loader, desk: Desk):
    """Then each line was a single redemption under the key "<key>:<line>"."""
    made = [desk.redeem("ANT_FOREST", f"history:{line}", WISH)[0] for line in (1, 2)]
    with loader.engine.begin() as connection:
        query = "INSERT INTO loads (programme, key, former) VALUES ('ANT_FOREST', 'history', true)"
        connection.execute(text(query))
    answers = run(loader, [WISH, replace(WISH, count=2), WISH])
    assert serials(answers) == [0, KeyReused, 2]
    assert answers[1].replayed
    assert answers[1].trees() == made[0].trees()
    assert serials(run(loader, [WISH, WISH, WISH])) == [0, KeyReused, 2]
