"""A secret opens for its own purpose, under its own key, and for nothing else."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from treering.store.vault import Vault

KEY = bytes(range(32))
VAULT = Vault(KEY)
BOX = VAULT.seal(b"secret", "holder")


@given(secret=st.binary(), purpose=st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_sealed_is_opened(secret, purpose):
    assert VAULT.open(VAULT.seal(secret, purpose), purpose) == secret


def test_the_same_secret_is_sealed_differently_each_time():
    assert len({VAULT.seal(b"secret", "holder") for _ in range(100)}) == 100


@pytest.mark.parametrize("purpose", ["", "Holder", "holder ", "number key"])
def test_another_purpose_opens_nothing(purpose):
    with pytest.raises(InvalidTag):
        VAULT.open(BOX, purpose)


def test_another_key_opens_nothing():
    with pytest.raises(InvalidTag):
        Vault(KEY[::-1]).open(BOX, "holder")


@pytest.mark.parametrize("position", range(len(BOX)))
def test_a_box_with_one_bit_changed_opens_nothing(position):
    changed = bytearray(BOX)
    changed[position] ^= 1
    with pytest.raises(InvalidTag):
        VAULT.open(bytes(changed), "holder")


@pytest.mark.parametrize("length", range(len(BOX)))
def test_a_box_that_was_cut_short_opens_nothing(length):
    with pytest.raises(InvalidTag):
        VAULT.open(BOX[:length], "holder")


def test_neither_secret_nor_key_is_shown():
    assert b"secret" not in BOX
    assert "x00" not in repr(VAULT)
    assert "key" not in repr(VAULT)
