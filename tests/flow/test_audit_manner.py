"""Two providers that must agree, checkpoints of killed audits, roots rebuilt on other cores."""

import json
import os
import pickle
import signal
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.chain_kit import Chain
from tests.fakes.lying_node import Answer, Lie, Silence, lying_node, with_id
from tests.ledger_life import lived_ledger
from treering.chain import abi
from treering.chain.node import Node
from treering.domain.merkle import batch_root
from treering.domain.recount.events import BatchMinted, BatchRebuilt, Entry, Paused, Place
from treering.errors import (
    ChainUnavailable,
    CheckpointUnusable,
    ProvidersDisagree,
    ReportNotWritten,
)
from treering.flow import rooter
from treering.flow.audit import Manner, audit
from treering.flow.audit_checkpoint import Checkpoint
from treering.flow.audit_report import AuditReport
from treering.flow.rooter import Rooters, answer


@pytest.fixture(scope="module")
def lived(anvil: Node) -> Iterator[Chain]:
    with lived_ledger(anvil) as chain:
        yield chain


def audited(lived: Chain, lie: Lie, **manner: Any) -> AuditReport:
    """By a node that tells what `lie` makes of the truth."""
    with lying_node(lived.node.url, lie) as url:
        node = Node(url)
        try:
            return audit(node, lived.contract, manner=Manner(**manner))
        finally:
            node.close()


# ------------------------------------------------------------------------------ two providers


def truth(method: str, params: list[Any], answer: Answer) -> Answer:
    return answer


def without_a_grant(method: str, params: list[Any], answer: Answer) -> Answer:
    """A node that conceals a role which was never used: no counter tells of it."""
    if method == "eth_getLogs":
        topic = "0x" + abi.event_topic("RoleGranted").hex()
        grants = [log for log in answer["result"] if log["topics"][0] == topic]
        kept = [log for log in answer["result"] if log not in grants[-1:]]
        return with_id(answer, result=kept)
    return answer


def other_hash(method: str, params: list[Any], answer: Answer) -> Answer:
    if method == "eth_getBlockByNumber":
        answer["result"]["hash"] = "0x" + "12" * 32
    return answer


def other_code(method: str, params: list[Any], answer: Answer) -> Answer:
    return with_id(answer, result="0x6001") if method == "eth_getCode" else answer


def test_two_providers_that_agree_give_one_report_that_says_so(lived):
    alone = audit(lived.node, lived.contract)

    both = audited(lived, truth, others=[lived.node])

    assert both.nodes == 2
    assert both.document() | {"nodes": 1} == alone.document()


@pytest.mark.parametrize(
    ("lie", "what"),
    [
        pytest.param(without_a_grant, "no more logs|log 0x", id="a log is withheld"),
        pytest.param(other_hash, "block", id="another block"),
        pytest.param(other_code, "code is", id="another contract"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_two_providers_that_disagree_leave_no_verdict_but_what_differed(lived, lie, what, first):
    with lying_node(lived.node.url, lie) as url:
        liar = Node(url)
        pair = [liar, lived.node] if first else [lived.node, liar]
        with pytest.raises(ProvidersDisagree, match=what):
            audit(pair[0], lived.contract, manner=Manner(others=pair[1:]))
        liar.close()


def test_the_block_is_the_newest_that_both_providers_have(lived):
    final = lived.node.block("finalized").number

    def behind(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getBlockByNumber" and params[0] == "finalized":
            return with_id(answer, result=lived.node.call(method, hex(final - 7), False))
        return answer

    report = audited(lived, behind, others=[lived.node])

    assert report.block.number == final - 7


def test_the_hash_of_the_logs_is_of_every_word_of_them(lived):
    def lie(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getLogs":
            for log in answer["result"]:
                log["transactionHash"] = "0x" + "12" * 32
        return answer

    report = audited(lived, lie)

    assert report.agrees  # no counter knows of it
    assert report.logs_hash != audit(lived.node, lived.contract).logs_hash


# -------------------------------------------------------------------------------- checkpoints


def dying_after(count: int) -> Lie:
    asked = []

    def lie(method: str, params: list[Any], answer: Answer) -> Answer:
        asked.append(method)
        if asked.count("eth_getLogs") > count:
            raise Silence
        return answer

    return lie


def often(path: Path) -> Checkpoint:
    return Checkpoint(path, every_seconds=0)


@pytest.mark.parametrize("spans", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("transactions", [False, True])
def test_an_audit_that_was_cut_off_goes_on_and_reports_the_same(
    lived, tmp_path, spans, transactions
):
    path = tmp_path / "audit.checkpoint"
    manner = {"transactions": transactions}
    with pytest.raises(ChainUnavailable):
        audited(lived, dying_after(spans), checkpoint=often(path), **manner)
    assert path.exists() is (spans > 0)
    asked: list[int] = []

    def listening(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getLogs":
            asked.append(int(params[0]["fromBlock"], 16))
        return answer

    resumed = audited(lived, listening, checkpoint=often(path), **manner)

    whole = audit(lived.node, lived.contract, manner=Manner(**manner))
    assert resumed.document() == whole.document()
    assert asked[0] >= spans  # what was read is not read again
    assert not path.exists()


def test_a_checkpoint_goes_on_at_its_own_block_though_the_chain_has_grown(lived, tmp_path):
    path = tmp_path / "audit.checkpoint"
    pinned = lived.node.block("finalized")
    with pytest.raises(ChainUnavailable):
        audited(lived, dying_after(3), checkpoint=often(path))
    before = lived.node.call("evm_snapshot")
    lived.finalise()
    try:
        report = audit(lived.node, lived.contract, manner=Manner(checkpoint=often(path)))
    finally:
        lived.node.call("evm_revert", before)

    assert report.block == pinned


@pytest.fixture
def begun(lived, tmp_path) -> Path:
    path = tmp_path / "audit.checkpoint"
    with pytest.raises(ChainUnavailable):
        audited(lived, dying_after(3), checkpoint=often(path))
    return path


def test_a_checkpoint_of_another_block_is_refused(lived, begun):
    with pytest.raises(CheckpointUnusable, match="not of 12"):
        audit(lived.node, lived.contract, 12, manner=Manner(checkpoint=Checkpoint(begun)))


def test_a_checkpoint_of_another_manner_is_refused(lived, begun):
    manner = Manner(checkpoint=Checkpoint(begun), transactions=True)

    with pytest.raises(CheckpointUnusable, match="another audit"):
        audit(lived.node, lived.contract, manner=manner)


def test_a_checkpoint_of_a_block_that_left_the_chain_is_refused(lived, begun):
    head, _, payload = begun.read_bytes().partition(b"\n")
    moved = json.loads(head) | {"block_hash": "12" * 32}
    begun.write_bytes(json.dumps(moved).encode() + b"\n" + payload)

    with pytest.raises(CheckpointUnusable, match="another audit"):
        audit(lived.node, lived.contract, manner=Manner(checkpoint=Checkpoint(begun)))


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (os.system, ("true",))


def forged(head: bytes, payload: bytes) -> bytes:
    """With a hash that fits."""
    told = json.loads(head) | {"sha256": sha256(payload).hexdigest()}
    return json.dumps(told).encode() + b"\n" + payload


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda head, payload: head + b"\n" + payload[:-1], "damaged"),
        (lambda head, payload: b"", "Expecting value"),
        (lambda head, payload: b"[]\n" + payload, "no checkpoint"),
        (lambda head, payload: b'{"format": "other"}\n' + payload, "no checkpoint"),
        (lambda head, payload: forged(head, pickle.dumps(Evil())), "system"),
        (lambda head, payload: forged(head, pickle.dumps(Place(1, 2, b""))), "something else"),
        (
            lambda head, payload: head.replace(b'"contract"', b'"contrast"') + b"\n" + payload,
            "without 'contract'",
        ),
    ],
)
def test_a_damaged_checkpoint_is_refused_and_never_guessed_at(lived, begun, spoil, why):
    head, _, payload = begun.read_bytes().partition(b"\n")
    begun.write_bytes(spoil(head, payload))

    with pytest.raises(CheckpointUnusable, match=why):
        audit(lived.node, lived.contract, manner=Manner(checkpoint=Checkpoint(begun)))


def test_a_checkpoint_that_cannot_be_written_is_said(lived, tmp_path):
    path = tmp_path / "nowhere" / "audit.checkpoint"

    with pytest.raises(ReportNotWritten):
        audit(lived.node, lived.contract, manner=Manner(checkpoint=often(path)))


# ---------------------------------------------------------------------- roots on other cores


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
