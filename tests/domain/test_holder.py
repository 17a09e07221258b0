"""The holder's commitment: it proves one record, links nothing, and dies with its secret."""

import hmac
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from treering.domain.holder import (
    SECRET_BYTES,
    HolderSecret,
    commitment,
    commitments,
    reference_hash,
)
from treering.domain.keccak import keccak
from treering.domain.record import TreeId, lot_id, tree_id

SECRET = bytes(range(32))
HOLDER = HolderSecret(SECRET, reference_hash("user-2088001"))
TREE = tree_id(lot_id(1, 277), 0)
SECRETS = st.binary(min_size=32, max_size=32)
TREES = st.integers(0, 2**96 - 1).map(TreeId)


def test_a_commitment_is_what_it_always_was():
    """Computed apart from the code: what stands on chain must stay provable for ever."""
    assert HOLDER.opening(TREE).hex() == (
        "a6a0242d091c2b423f4550910feb33036a00b6100863c10112b53d585d3d1e06"
    )
    assert HOLDER.commitment(TREE).hex() == "2fe00f38a2dec58fa347d41c8493fb38955c261f"


def test_a_secret_is_as_long_as_the_hash_that_it_keys():
    assert len(SECRET) == SECRET_BYTES == sha256().digest_size


def test_it_is_made_as_the_design_says():
    opening = hmac.new(SECRET, TREE.to_bytes(12, "big"), sha256).digest()
    whole = keccak(b"treering/holder/v1" + opening + keccak(b"user-2088001"))
    assert HOLDER.commitment(TREE) == whole[:20]


@given(SECRETS, TREES, st.text(st.characters(codec="utf-8")))
def test_an_opening_and_the_reference_prove_the_record(secret, tree, reference):
    holder = HolderSecret(secret, reference_hash(reference))
    proven = commitment(holder.opening(tree), reference_hash(reference))
    assert proven == holder.commitment(tree)
    assert (len(holder.opening(tree)), len(proven)) == (32, 20)


@given(SECRETS, st.lists(TREES, min_size=2, max_size=9, unique=True))
def test_an_opening_proves_no_other_record(secret, trees):
    holder = HolderSecret(secret, HOLDER.reference_hash)
    assert len({holder.opening(tree) for tree in trees}) == len(trees)
    for tree in trees[1:]:
        assert commitment(holder.opening(trees[0]), holder.reference_hash) != holder.commitment(
            tree
        )


@given(
    st.integers(0, 2**96 - 20).map(TreeId),
    st.lists(st.binary(min_size=64, max_size=64), max_size=9),
)
def test_many_commitments_are_those_of_each_record_by_itself(first, holders):
    alone = [
        HolderSecret(holder[:32], holder[32:]).commitment(TreeId(first + i))
        for i, holder in enumerate(holders)
    ]
    assert commitments(first, holders) == b"".join(alone)


def test_records_of_one_holder_look_like_those_of_strangers():
    """No four bytes in a row are shared by any two of a thousand commitments."""
    pieces: set[bytes] = set()
    for serial in range(1000):
        made = HOLDER.commitment(tree_id(lot_id(1, 277), serial))
        pieces |= {made[i : i + 4] for i in range(0, 20, 4)}
    assert len(pieces) == 5000


@given(SECRETS, SECRETS)
def test_without_the_secret_nobody_can_tell_whose_it_is(secret, guess):
    """Once it is destroyed, record and reference together prove nothing any more."""
    made = HolderSecret(secret, HOLDER.reference_hash).commitment(TREE)
    guessed = HolderSecret(guess, HOLDER.reference_hash).commitment(TREE)
    assert (made == guessed) is (secret == guess)


def test_another_reference_makes_another_commitment():
    other = HolderSecret(SECRET, reference_hash("user-2088002"))
    assert other.opening(TREE) == HOLDER.opening(TREE)
    assert other.commitment(TREE) != HOLDER.commitment(TREE)


def test_neither_secret_nor_reference_is_shown_in_logs():
    for text in (repr(HOLDER), str(HOLDER), f"{HOLDER}"):
        assert text == "HolderSecret()"
