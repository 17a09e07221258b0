"""A load: a file of redemptions under one Idempotency-Key, its lines counted from 1.

A line is to its load what a body is to a key: sent again it brings the same redemption,
another line in its place is refused, and one that was refused leaves nothing behind and may
be mended. What is kept for that are 12 bytes a line, CELL lines in a cell: 8 of the wish's
imprint and 4 of its first serial.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from struct import Struct, calcsize, pack
from uuid import UUID

import msgspec

from treering.domain.record import LotId, TreeId, tree_id
from treering.domain.redemption import redemption_id
from treering.domain.wishes import WishIn
from treering.errors import TreeringError

CELL = 4096  # lines that are redeemed in one transaction
_LINE = Struct("<8sI")
_OPEN = 2**32 - 1  # a lot holds at most that many units, so no serial is as high
_EMPTY = b"\xff" * _LINE.size
WIPED = b"\xff" * 8  # an imprint that was taken out, when a holder withdrew

Entry = tuple[int, WishIn | TreeringError]  # a line's number, and what was read there


class Granted(msgspec.Struct, frozen=True, gc=False):
    """`count` records of a lot from `first_serial` on; `replayed` if the line came before."""

    lot: LotId
    first_serial: int
    count: int
    replayed: bool = False

    @property
    def id(self) -> UUID:
        return redemption_id(tree_id(self.lot, self.first_serial))

    def trees(self) -> list[TreeId]:
        return [tree_id(self.lot, self.first_serial + i) for i in range(self.count)]


Outcome = Granted | TreeringError


def by_cell(entries: Iterable[Entry]) -> Iterator[tuple[int, list[Entry]]]:
    """The entries of each cell, with the cell's number from 0 on, as soon as it is full."""
    held: list[Entry] = []
    cell, last = 0, CELL
    for entry in entries:
        if entry[0] > last:
            if held:
                yield cell, held
                held = []
            cell = (entry[0] - 1) // CELL
            last = (cell + 1) * CELL
        held.append(entry)
        if entry[0] == last:
            yield cell, held
            held = []
    if held:
        yield cell, held


class Cell:
    """What became of the lines of one cell. A line that was not granted holds nothing."""

    def __init__(self, kept: bytes = b"") -> None:
        self._kept = bytearray(kept)

    def earlier(self, line: int) -> tuple[bytes, int] | None:
        """(imprint, first serial) of a line that was granted."""
        offset = _offset(line)
        if offset >= len(self._kept):
            return None
        imprint, serial = _LINE.unpack_from(self._kept, offset)
        return None if serial == _OPEN else (imprint, serial)

    def grant(self, line: int, imprint: bytes, first_serial: int) -> None:
        offset = _offset(line)
        self._reach(offset + _LINE.size)
        _LINE.pack_into(self._kept, offset, imprint, first_serial)

    def grant_all(self, lines: Sequence[int], granted: Iterable[tuple[bytes, int]]) -> None:
        """As `grant` each line its (imprint, first serial): at once, if none is left out."""
        if lines and lines[-1] - lines[0] == len(lines) - 1:
            offset, form = _offset(lines[0]), "<" + _LINE.format[1:] * len(lines)
            self._reach(offset)
            self._kept[offset : offset + calcsize(form)] = pack(form, *chain(*granted))
        else:
            for line, (imprint, first_serial) in zip(lines, granted, strict=True):
                self.grant(line, imprint, first_serial)

    def _reach(self, end: int) -> None:
        missing = end - len(self._kept)
        if missing > 0:
            self._kept += _EMPTY * (missing // _LINE.size)

    def wipe(self, serials: Container[int]) -> bool:
        """Takes out the imprints of lines whose first serial is among these; whether there was
        any. Lines do not say their lot, so that some of others' may go, too."""
        wiped = False
        for offset in range(0, len(self._kept), _LINE.size):
            imprint, serial = _LINE.unpack_from(self._kept, offset)
            if serial != _OPEN and imprint != WIPED and serial in serials:
                _LINE.pack_into(self._kept, offset, WIPED, serial)
                wiped = True
        return wiped

    def __bool__(self) -> bool:
        return bool(self._kept)

    def __bytes__(self) -> bytes:
        return bytes(self._kept)


def _offset(line: int) -> int:
    return (line - 1) % CELL * _LINE.size


@dataclass(slots=True)
class Tally:
    """How far a load has come: the last line answered, and what became of all so far.

    `granted` counts those that had been granted before, too; `replayed` them alone.
    """

    line: int = 0
    granted: int = 0
    replayed: int = 0
    refused: int = 0

    def add(self, answers: Sequence[tuple[int, Outcome]]) -> None:
        for self.line, outcome in answers:
            if isinstance(outcome, Granted):
                self.granted += 1
                self.replayed += outcome.replayed
            else:
                self.refused += 1
