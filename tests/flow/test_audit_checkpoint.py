"""Checkpoints: an audit that was cut off goes on where it was."""

import json
import os
import pickle
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.chain_kit import Chain
from tests.fakes.lying_node import Answer, Lie, Silence
from tests.flow.audit_kit import audited
from tests.ledger_life import lived_ledger
from treering.chain.node import Node
from treering.domain.recount.events import Place
from treering.errors import (
    ChainUnavailable,
    CheckpointUnusable,
    ReportNotWritten,
)
from treering.flow.auditing.audit import Manner, audit
from treering.flow.auditing.checkpoint import Checkpoint


@pytest.fixture(scope="module")
def lived(anvil: Node) -> Iterator[Chain]:
    with lived_ledger(anvil) as chain:
        yield chain


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


REPLAY = "treering.domain.recount.replay"


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (os.system, ("true",))


def leading_on(name: str) -> bytes:
    """A pickle of what a name in one of our own modules leads to, called with "eval" and what
    comes of that with a text."""
    texts = [b"\x8c" + bytes([len(text)]) + text.encode() for text in (REPLAY, name, "eval", "7")]
    module, named, first, second = texts
    return b"\x80\x04" + module + named + b"\x93" + first + b"\x85R" + second + b"\x85R."


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
        (
            lambda head, payload: forged(head, leading_on("Recount.take.__builtins__.get")),
            "UnpicklingError.*take.__builtins__",
        ),
        (
            lambda head, payload: forged(head, leading_on("dataclass")),
            "UnpicklingError.*dataclass",
        ),
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
