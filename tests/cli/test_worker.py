"""treering worker: --once ends by itself, SIGTERM ends it soon, whatever the node does."""

import signal
import time
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

import pytest

from tests.cli.conftest import Town
from tests.fakes.lying_node import Answer, lying_node
from treering.cli import worker
from treering.domain.redemption import Wish
from treering.domain.role import Role
from treering.errors import WrongChain
from treering.flow.admitting.keybook import CONSOLE, Terms


def test_once_ends_when_there_is_nothing_left_but_to_wait():
    left, order = iter([True, True, False]), []

    def step() -> bool:
        order.append("step")
        return next(left)

    assert worker.main(["--once"], lambda: order.append("start"), lambda: [[step]]) == 0
    assert order == ["start", "step", "step", "step"]


def test_a_persons_word_for_the_chain_is_taken_before_anything_is_compared():
    order = []
    start, accept = lambda: order.append("start"), lambda: order.append("accept")
    assert worker.main(["--once", "--accept-chain"], start, list, accept) == 0
    assert order == ["accept", "start"]


def test_no_work_is_taken_where_the_books_belong_to_another_chain():
    def start() -> None:
        raise WrongChain("another genesis")

    with pytest.raises(WrongChain):
        worker.main(["--once"], start, lambda: pytest.fail("work was planned"))


def test_once_takes_what_was_redeemed_to_the_chain(town: Town):
    wish = Wish(lot="ANT_FOREST-805", holder="once", name="王伟")
    (number,) = town.parts.redeem("ANT_FOREST", "once", wish).numbers
    once = replace(town, environ=town.environ | {"TREERING_SEAL_SECONDS": "0"})
    for _ in range(30):  # each takes what there is to take, and blocks come in between
        with once.start("worker", "--once") as process:
            complaints = process.communicate(timeout=60)[1]
            assert process.returncode == 0, complaints
        if town.is_final(number):
            return
        time.sleep(0.5)
    pytest.fail("the record is not final")


def test_a_worker_anchors_the_head_of_the_log(town: Town):
    town.parts.keybook.issue(CONSOLE, Terms(role=Role.AUDITOR))
    told = town.parts.chronicle.head()
    with town.start("worker", "--once") as process:
        complaints = process.communicate(timeout=60)[1]
        assert process.returncode == 0, complaints
    assert town.parts.chronicle.held(town.parts.feed_heads) == told
    assert town.parts.chronicle.verified(told) == told


@dataclass
class Listener:
    """Stands before the node; `silent` says nothing more from the first transaction on."""

    silent: bool
    sent: Event = field(default_factory=Event)

    def __call__(self, method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_sendRawTransaction":
            self.sent.set()
        if self.silent and self.sent.is_set():
            time.sleep(60)
        return answer


def seconds_to_end(town: Town, *, hanging: bool) -> float:
    """How long the worker takes to end once it is told to, in the middle of its work."""
    wish = Wish(lot="ANT_FOREST-805", holder="term", name="王伟")
    town.parts.redeem("ANT_FOREST", f"term-{hanging}", wish)
    listener = Listener(silent=hanging)
    with lying_node(town.environ["TREERING_RPC_URL"], listener) as url:
        changed = {"TREERING_RPC_URL": url, "TREERING_SEAL_SECONDS": "0"}
        listening = replace(town, environ=town.environ | changed)
        with listening.start("worker") as process:
            assert listener.sent.wait(30)
            process.send_signal(signal.SIGTERM)
            begun = time.monotonic()
            complaints = process.communicate(timeout=60)[1]
            assert process.returncode == 0, complaints
            assert b"Traceback" not in complaints
            return time.monotonic() - begun


@pytest.mark.parametrize("hanging", [False, True], ids=["node answers", "node hangs"])
def test_a_worker_that_is_told_to_end_does_so_within_ten_seconds(town: Town, hanging):
    assert seconds_to_end(town, hanging=hanging) < 10
