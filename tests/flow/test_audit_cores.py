"""Roots rebuilt on other cores, in their order, whatever becomes of the hands."""

import os
import signal
from collections.abc import Iterator
from io import BytesIO

import pytest

from tests.chain_kit import Chain
from tests.ledger_life import lived_ledger
from treering.chain.node import Node
from treering.domain.merkle import batch_root
from treering.domain.recount.events import BatchMinted, BatchRebuilt, Entry, Paused, Place
from treering.flow.auditing import rooter
from treering.flow.auditing.audit import Manner, audit
from treering.flow.auditing.rooter import Rooters, answer


@pytest.fixture(scope="module")
def lived(anvil: Node) -> Iterator[Chain]:
    with lived_ledger(anvil) as chain:
        yield chain


@pytest.fixture
def eager(monkeypatch) -> Iterator[Rooters]:
    monkeypatch.setattr(rooter, "_ALONE", 0)
    monkeypatch.setattr(rooter, "_WORTH", 2)
    rooters = Rooters(2)
    yield rooters
    rooters.close()


def batch(first: int, holders: bytes) -> Entry:
    return Entry(Place(first, 0, b""), BatchMinted(277, first, b"\1" * 32, holders))


def test_roots_rebuilt_on_other_cores_are_the_same_and_in_order(eager, monkeypatch):
    monkeypatch.setattr(rooter, "_WINDOW", 300)
    batches = [batch(100 * n, os.urandom(20 * n)) for n in range(1, 12)]
    pause = Entry(Place(5, 1, b""), Paused("0x"))
    steps = [*batches[:5], pause, "a mark", *batches[5:]]

    done = list(eager.rebuilt(steps))

    assert [step if isinstance(step, str) else step.place for step in done] == [
        step if isinstance(step, str) else step.place for step in steps
    ]
    assert done[0] is batches[0]  # one record: hashed here
    rebuilt = [step.event for step in done if isinstance(getattr(step, "event", 0), BatchRebuilt)]
    assert len(rebuilt) == 10
    for event in rebuilt:
        assert event.rebuilt == batch_root(277 << 32 | event.first_serial, event.holders)


def test_a_hand_that_was_killed_loses_no_root(eager):
    batches = [batch(100 * n, os.urandom(20 * 50)) for n in range(1, 6)]
    list(eager.rebuilt(batches[:1]))
    os.kill(_pid(eager), signal.SIGKILL)

    done = list(eager.rebuilt(batches))

    assert [entry.event.rebuilt for entry in done] == [
        batch_root(277 << 32 | entry.event.first_serial, entry.event.holders) for entry in batches
    ]


def _pid(rooters: Rooters) -> int:
    hand = rooters._idle.get()
    rooters._idle.put(hand)
    return hand.pid


@pytest.mark.parametrize("odd", [batch(0, bytes(21)), batch(2**32 - 1, bytes(40))])
def test_a_batch_that_is_none_is_left_to_the_rules(eager, odd):
    assert list(eager.rebuilt([odd])) == [odd]


def test_a_small_history_starts_no_process():
    rooters = Rooters(2)

    assert list(rooters.rebuilt([batch(0, bytes(2000))])) == [batch(0, bytes(2000))]
    assert rooters._pool is None


def test_an_audit_with_roots_from_other_cores_reports_the_same(lived, eager):
    report = audit(lived.node, lived.contract, manner=Manner(rooters=eager))

    assert report.document() == audit(lived.node, lived.contract).document()


def test_a_hand_answers_until_nobody_asks_any_more():
    task = (277 << 32).to_bytes(12, "big") + bytes(60)
    out = BytesIO()

    answer(BytesIO(len(task).to_bytes(4, "big") + task), out)

    assert out.getvalue() == batch_root(277 << 32, bytes(60))
