"""The worker's loop: what may pass by itself is tried again, all else ends it."""

import time
from collections.abc import Callable
from threading import Event, Thread

import pytest
from structlog.testing import capture_logs

from treering.errors import (
    BatchMoved,
    ChainUnavailable,
    Diverged,
    MirrorBehind,
    MirrorDamaged,
    NodeRefused,
    RegistryContradicted,
    RegistryRefused,
    RegistryUnavailable,
    TreeringError,
)
from treering.worker import Every, attempt, run, take, together


def raising(error: Exception) -> Callable[[], bool]:
    def step() -> bool:
        raise error

    return step


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (ChainUnavailable("connection refused"), "warning"),
        (NodeRefused("eth_call", "server busy", None), "warning"),
        (RegistryUnavailable("connection refused"), "warning"),
        (RegistryRefused("the head is not signed"), "error"),
        (RegistryContradicted("two heads", "one", "other"), "error"),
        (MirrorDamaged("another root"), "error"),
        (MirrorBehind("we hold less"), "error"),
    ],
)
def test_what_may_pass_by_itself_is_said_with_its_code_and_is_no_work_done(error, level):
    with capture_logs() as said:
        assert attempt(raising(error)) is False
    (line,) = said
    assert (line["log_level"], line["code"], line["why"]) == (level, error.code, str(error))


def test_a_batch_that_another_worker_moved_is_looked_at_again_at_once():
    with capture_logs() as said:
        assert attempt(raising(BatchMoved("batch 1"))) is True
    assert said == []


@pytest.mark.parametrize("error", [Diverged("lot 1"), TreeringError("else"), ValueError("bug")])
def test_all_else_ends_the_worker(error):
    later = []
    with pytest.raises(type(error)):
        run([raising(error), lambda: later.append(1) or False], Event())
    assert later == []


def test_a_step_that_fails_does_not_keep_the_others_from_their_turn():
    taken = []
    steps = [raising(ChainUnavailable("away")), lambda: taken.append("second") or True]
    with capture_logs():
        assert take(steps) is True
    assert taken == ["second"]


def test_a_failed_step_is_tried_again_until_it_works():
    stop, tries = Event(), []

    def step() -> bool:
        tries.append(1)
        if len(tries) < 3:
            raise ChainUnavailable("away")
        stop.set()
        return True

    with capture_logs():
        run([step], stop, idle_seconds=0.001)
    assert len(tries) == 3


def test_an_idle_worker_waits_between_two_looks_and_a_busy_one_does_not():
    def seconds(*, busy: bool) -> float:
        stop, left = Event(), iter(range(3))

        def step() -> bool:
            if next(left) == 2:
                stop.set()
            return busy

        begun = time.monotonic()
        run([step], stop, idle_seconds=0.1)
        return time.monotonic() - begun

    assert seconds(busy=False) >= 0.2
    assert seconds(busy=True) < 0.1


def test_a_worker_that_waits_ends_at_once_when_it_is_told_to():
    stop = Event()
    worker = Thread(target=run, args=([lambda: False], stop), kwargs={"idle_seconds": 60})
    worker.start()
    stop.set()
    worker.join(5)
    assert not worker.is_alive()


def test_one_way_does_not_wait_for_another():
    stop, first, second = Event(), Event(), Event()

    def meet(mine: Event, other: Event) -> Callable[[], bool]:
        def step() -> bool:
            mine.set()
            assert other.wait(5)
            stop.set()
            return True

        return step

    together([[meet(first, second)], [meet(second, first)]], stop)
    assert first.is_set()
    assert second.is_set()


@pytest.mark.parametrize("place", [0, 1])
def test_what_ends_one_way_ends_all_and_is_raised(place):
    ways = [[lambda: False], [lambda: False]]
    ways[place] = [raising(Diverged("lot 1"))]
    stop = Event()
    with pytest.raises(Diverged):
        together(ways, stop, idle_seconds=60)
    assert stop.is_set()


def test_no_further_step_is_begun_once_it_is_told_to_end():
    stop, taken = Event(), []
    steps = [lambda: stop.set() or True, lambda: taken.append(1) or True]
    run(steps, stop)
    assert taken == []


def test_a_step_of_every_so_many_seconds_is_taken_once_in_them_and_is_never_work():
    now, acts = [100.0], []
    step = Every(30, lambda: acts.append(now[0]), clock=lambda: now[0])
    for at in (100.0, 101.0, 129.9, 130.0, 131.0, 200.0):
        now[0] = at
        assert step() is False
    assert acts == [100.0, 130.0, 200.0]


def test_a_timed_step_that_fails_waits_for_its_next_time():
    now, tries = [0.0], []

    def act() -> None:
        tries.append(now[0])
        raise ChainUnavailable("away")

    step = Every(30, act, clock=lambda: now[0])
    with capture_logs():
        for at in (0.0, 1.0, 30.0):
            now[0] = at
            attempt(step)
    assert tries == [0.0, 30.0]
