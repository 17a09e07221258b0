"""The record: one redeemed unit in one 32-byte word.

bytes 0..3 programme, 4..7 lot number, 8..11 serial, 12..31 holder. The first 8 bytes are
the lot id, the first 12 the tree id. Serials run 0, 1, 2 … without a gap in each lot.
"""

from dataclasses import dataclass
from struct import pack, unpack
from typing import NewType, Self

LotId = NewType("LotId", int)  # programme << 32 | lot number
TreeId = NewType("TreeId", int)  # lot id << 32 | serial

HOLDER_BYTES = 20
WORD_BYTES = 32
_UINT32 = 2**32
MOST_LOTS = 2**63  # what books can number: no lot of ours has this number or a greater one


def lot_id(programme: int, number: int) -> LotId:
    if not (0 <= programme < _UINT32 and 0 <= number < _UINT32):
        raise ValueError(f"programme {programme} and lot number {number} must be below 2^32")
    return LotId(programme << 32 | number)


def tree_id(lot: LotId, serial: int) -> TreeId:
    if not 0 <= serial < _UINT32:
        raise ValueError(f"serial {serial} must be below 2^32")
    return TreeId(lot << 32 | serial)


def programme_of(lot: LotId) -> int:
    return lot >> 32


def lot_number_of(lot: LotId) -> int:
    return lot & 0xFFFFFFFF


def lot_of(tree: TreeId) -> LotId:
    return LotId(tree >> 32)


def serial_of(tree: TreeId) -> int:
    return tree & 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Record:
    """`holder` is a 20-byte commitment to the holder, or a wallet address."""

    lot: LotId
    serial: int
    holder: bytes

    def __post_init__(self) -> None:
        if len(self.holder) != HOLDER_BYTES:
            raise ValueError(f"a holder has {HOLDER_BYTES} bytes, not {len(self.holder)}")
        if not (0 <= self.lot < 2**64 and 0 <= self.serial < _UINT32):
            raise ValueError(f"no record has lot {self.lot} and serial {self.serial}")

    @property
    def tree_id(self) -> TreeId:
        return tree_id(self.lot, self.serial)

    @property
    def word(self) -> bytes:
        return self.tree_id.to_bytes(12, "big") + self.holder

    @classmethod
    def from_word(cls, word: bytes) -> Self:
        if len(word) != WORD_BYTES:
            raise ValueError(f"a record has {WORD_BYTES} bytes, not {len(word)}")
        tree = TreeId(int.from_bytes(word[:12], "big"))
        return cls(lot_of(tree), serial_of(tree), word[12:])


def words_from(first_tree: int, holders: bytes) -> tuple[bytes, ...]:
    """The words of consecutive records from a tree id on; `holders` are 20 bytes each.

    Put down column by column: as Record.word makes them, in a tenth of its time. ValueError
    without whole holders, or where the serials would run out of their lot.
    """
    lot, serial, size = stretch(first_tree, holders)
    serials = pack(f">{size}I", *range(serial, serial + size))
    words = bytearray(WORD_BYTES * size)
    for at, byte in enumerate(lot.to_bytes(8, "big")):
        words[at::WORD_BYTES] = bytes([byte]) * size
    for at in range(4):
        words[8 + at :: WORD_BYTES] = serials[at::4]
    for at in range(HOLDER_BYTES):
        words[12 + at :: WORD_BYTES] = holders[at::HOLDER_BYTES]
    return unpack(f"{WORD_BYTES}s" * size, words)


def stretch(first_tree: int, holders: bytes) -> tuple[int, int, int]:
    """Lot, first serial and number of consecutive records; ValueError as words_from."""
    size, rest = divmod(len(holders), HOLDER_BYTES)
    if rest or not size:
        raise ValueError(f"{len(holders)} bytes are not whole holders of {HOLDER_BYTES}")
    lot, serial = divmod(first_tree, _UINT32)
    if serial + size > _UINT32:
        raise ValueError(f"{size} serials from {serial} on are more than a lot has")
    return lot, serial, size
