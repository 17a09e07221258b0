"""The record: where each byte of the word stands, and what cannot be a record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treering.domain.record import (
    LotId,
    Record,
    TreeId,
    lot_id,
    lot_number_of,
    lot_of,
    programme_of,
    serial_of,
    tree_id,
)

UINT32 = st.integers(0, 2**32 - 1)
BEYOND = [-1, 2**32]


def test_each_part_of_the_word_stands_in_its_place():
    record = Record(lot_id(0x01020304, 0x05060708), 0x090A0B0C, b"\xee" * 20)
    assert record.word.hex() == "0102030405060708090a0b0c" + "ee" * 20
    assert record.tree_id == 0x0102030405060708090A0B0C


@given(UINT32, UINT32, UINT32, st.binary(min_size=20, max_size=20))
def test_a_word_reads_back_to_its_record(programme, number, serial, holder):
    record = Record(lot_id(programme, number), serial, holder)
    assert len(record.word) == 32
    assert Record.from_word(record.word) == record
    tree = record.tree_id
    assert (lot_of(tree), serial_of(tree)) == (record.lot, serial)
    assert (programme_of(record.lot), lot_number_of(record.lot)) == (programme, number)


@given(st.binary(min_size=32, max_size=32))
def test_every_32_bytes_are_one_record(word):
    assert Record.from_word(word).word == word


def test_words_of_a_lot_sort_by_serial():
    words = [Record(LotId(1), serial, bytes([255 - serial]) * 20).word for serial in range(3)]
    assert words == sorted(words)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_word_of_another_size_is_no_record(size):
    with pytest.raises(ValueError, match=f"32 bytes, not {size}"):
        Record.from_word(bytes(size))


@pytest.mark.parametrize("size", [0, 19, 21, 32])
def test_a_holder_of_another_size_is_refused(size):
    with pytest.raises(ValueError, match=f"20 bytes, not {size}"):
        Record(LotId(1), 0, bytes(size))


@pytest.mark.parametrize(
    ("lot", "serial"), [(-1, 0), (2**64, 0), *((1, beyond) for beyond in BEYOND)]
)
def test_a_record_outside_of_its_32_bytes_is_refused(lot, serial):
    with pytest.raises(ValueError, match="no record has"):
        Record(LotId(lot), serial, bytes(20))


def test_the_last_record_there_can_be_is_one():
    last = Record(LotId(2**64 - 1), 2**32 - 1, b"\xff" * 20)
    assert last.word == b"\xff" * 32


@pytest.mark.parametrize("beyond", BEYOND)
def test_an_id_never_spills_into_its_neighbour(beyond):
    with pytest.raises(ValueError, match="must be below"):
        lot_id(beyond, 0)
    with pytest.raises(ValueError, match="must be below"):
        lot_id(0, beyond)
    with pytest.raises(ValueError, match="must be below"):
        tree_id(LotId(1), beyond)


def test_a_tree_id_tells_its_lot_and_serial():
    tree = TreeId(0x00000001_00000115_00000008)
    assert (lot_of(tree), serial_of(tree)) == (lot_id(1, 277), 8)


def test_what_is_no_whole_number_is_refused_at_once():
    """`x in range(2**64)` would walk through all of it for anything but a plain int."""
    for wrong in (None, "1"):
        with pytest.raises(TypeError):
            Record(wrong, 0, bytes(20))
        with pytest.raises(TypeError):
            lot_id(1, wrong)
        with pytest.raises(TypeError):
            tree_id(LotId(1), wrong)
