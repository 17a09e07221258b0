"""The root that auditors rebuild is the root that proofs lead to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from treering.domain.merkle import MerkleTree, batch_root
from treering.domain.record import HOLDER_BYTES, LotId, Record

HOLDERS = st.integers(1, 70).flatmap(lambda n: st.binary(min_size=20 * n, max_size=20 * n))


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 71), HOLDERS)
def test_the_rebuilt_root_is_the_trees(lot, first, holders):
    words = [
        Record(LotId(lot), first + i, holders[20 * i : 20 * i + 20]).word
        for i in range(len(holders) // HOLDER_BYTES)
    ]

    assert batch_root(lot << 32 | first, holders) == MerkleTree.over(words).root


@pytest.mark.parametrize("holders", [b"", bytes(19), bytes(21)])
def test_holders_that_are_not_whole_have_no_root(holders):
    with pytest.raises(ValueError, match="not whole holders"):
        batch_root(0, holders)


def test_a_lot_has_no_more_serials_than_its_word_can_hold():
    last = 277 << 32 | 2**32 - 1

    assert (
        batch_root(last, bytes(20)) == MerkleTree.over([last.to_bytes(12, "big") + bytes(20)]).root
    )
    with pytest.raises(ValueError, match="more than a lot has"):
        batch_root(last, bytes(40))
