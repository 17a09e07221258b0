"""A batch: its records, its ways through the states, and when it is due."""

from datetime import timedelta

import pytest

from tests.domain.example import HOLDERS, LOT, NOW, SEALED
from treering.domain.batch import CAPACITY, BatchState, due
from treering.domain.merkle import MerkleTree
from treering.domain.record import Record, tree_id

PATIENCE = timedelta(minutes=10)


def test_its_records_are_consecutive_from_the_first_serial():
    assert SEALED.count == 5
    assert SEALED.first_tree == tree_id(LOT.id, 7)
    assert SEALED.records() == [
        Record(LOT.id, 7 + i, HOLDERS[20 * i : 20 * i + 20]) for i in range(5)
    ]


def test_its_words_lead_to_its_root():
    assert MerkleTree.over(SEALED.words()).root == SEALED.root
    assert SEALED.words() == tuple(record.word for record in SEALED.records())


def test_halves_hold_the_same_records_each_under_its_own_root():
    first, second = SEALED.halves()
    assert first.words() + second.words() == SEALED.words()
    assert (first.count, second.count, second.first_serial) == (2, 3, 9)
    for half in (first, second):
        assert MerkleTree.over(half.words()).root == half.root
        assert half.sealed_at == SEALED.sealed_at


@pytest.mark.parametrize(
    ("waiting", "waited", "expected"),
    [
        (0, PATIENCE * 2, False),
        (1, timedelta(), False),
        (1, PATIENCE - timedelta(microseconds=1), False),
        (1, PATIENCE, True),
        (CAPACITY - 1, timedelta(), False),
        (CAPACITY - 1, PATIENCE, True),
        (1, -timedelta(seconds=1), True),  # the clock went back since: for how long, nobody knows
        (0, -timedelta(seconds=1), False),
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
