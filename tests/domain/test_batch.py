"""A batch: its records, its ways through the states, and when it is due."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.domain.example import FINAL, HOLDERS, INCLUSION, LOT, NOW, SEALED
from treering.domain.batch import CAPACITY, BatchState, due
from treering.domain.merkle import MerkleTree
from treering.domain.record import Record, tree_id

SIGNED = SEALED.signed(3, b"signed")
MINED = SIGNED.mined(INCLUSION)
PATIENCE = timedelta(minutes=10)
ELSEWHERE = replace(INCLUSION, block_number=1240, block_hash=b"\xb2" * 32)


def test_its_records_are_consecutive_from_the_first_serial():
    assert SEALED.count == 5
    assert SEALED.first_tree == tree_id(LOT.id, 7)
    assert SEALED.records() == [
        Record(LOT.id, 7 + i, HOLDERS[20 * i : 20 * i + 20]) for i in range(5)
    ]


def test_its_words_lead_to_its_root():
    assert MerkleTree.over(SEALED.words()).root == SEALED.root
    assert SEALED.words() == [record.word for record in SEALED.records()]


def test_it_goes_from_sealed_to_signed_to_mined_to_final():
    assert SEALED.state is BatchState.SEALED
    assert (SIGNED.state, SIGNED.nonce, SIGNED.raw_transaction) == (
        BatchState.SIGNED,
        3,
        b"signed",
    )
    assert (MINED.state, MINED.inclusion) == (BatchState.MINED, INCLUSION)
    assert (FINAL.state, FINAL.inclusion) == (BatchState.FINAL, INCLUSION)


def test_the_block_that_is_final_counts_though_another_held_it_first():
    assert MINED.final(ELSEWHERE).inclusion == ELSEWHERE


def test_a_vanished_block_leaves_the_same_bytes_to_be_sent_again():
    assert MINED.vanished() == SIGNED


@pytest.mark.parametrize("batch", [SIGNED, MINED, FINAL])
def test_a_dropped_transaction_leaves_a_batch_to_be_signed_anew(batch):
    assert batch.dropped() == SEALED


def test_what_waits_for_a_person_says_why_and_loses_nothing():
    blocked = SIGNED.blocked("TR105: cap exceeded")
    assert (blocked.state, blocked.reason) == (BatchState.BLOCKED, "TR105: cap exceeded")
    assert replace(blocked, state=BatchState.SIGNED, reason=None) == SIGNED


@pytest.mark.parametrize("batch", [SIGNED, MINED, FINAL, MINED.vanished(), SIGNED.blocked("why")])
def test_no_step_changes_what_was_sealed(batch):
    for name in ("id", "lot", "first_serial", "holders", "root", "sealed_at"):
        assert getattr(batch, name) == getattr(SEALED, name)


@pytest.mark.parametrize(
    ("waiting", "waited", "expected"),
    [
        (0, PATIENCE * 2, False),
        (1, timedelta(), False),
        (1, PATIENCE - timedelta(microseconds=1), False),
        (1, PATIENCE, True),
        (CAPACITY - 1, timedelta(), False),
        (CAPACITY - 1, PATIENCE, True),
        (CAPACITY, timedelta(), True),
        (CAPACITY * 2, timedelta(), True),
    ],
)
def test_a_batch_is_due_when_it_is_full_or_its_oldest_record_waited_enough(
    waiting, waited, expected
):
    assert due(waiting=waiting, oldest=NOW - waited, now=NOW, patience=PATIENCE) is expected


def test_a_full_batch_fits_into_one_transaction():
    """By calldata, 40 gas a byte and what a call costs at all, and by the pool's 128 KiB."""
    assert 21_000 + 803 * CAPACITY < 2**24
    assert 20 * CAPACITY + 1024 < 128 * 1024


def test_states_are_kept_under_these_words():
    assert [str(state) for state in BatchState] == "sealed signed mined final blocked".split()
