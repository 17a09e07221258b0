"""Accepted counts that an inspector or a registry brings: a CSV of lots and whole numbers.

    lot,accepted
    ANT_FOREST-277,150000

Other columns may stand there and are not read. One bad line refuses the whole file.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from treering.errors import CountsUnreadable

_MOST_BYTES = 16 << 20
_MOST = 2**32 - 1  # what a lot can hold
_LONGEST = 64  # characters of a lot's name


@dataclass(frozen=True, slots=True)
class Counts:
    """Accepted counts by the lots' names; `digest` is the file's SHA-256."""

    by_lot: dict[str, int]
    digest: bytes


def read_counts(file: BinaryIO) -> Counts:
    """CountsUnreadable names the line and what is wrong with it."""
    raw = file.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise CountsUnreadable(f"more than {_MOST_BYTES >> 20} MB")
    try:
        text = raw.decode("utf-8-sig")
        by_lot = dict(_lines(text))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CountsUnreadable(f"this is not a CSV in UTF-8: {error}") from error
    return Counts(by_lot, sha256(raw).digest())


def _lines(text: str) -> Iterator[tuple[str, int]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    if not {"lot", "accepted"} <= set(reader.fieldnames or ()):
        raise CountsUnreadable("the first line must name the columns lot and accepted")
    seen: set[str] = set()
    for row in reader:
        lot, accepted = row["lot"] or "", row["accepted"] or ""
        if not 0 < len(lot) <= _LONGEST or not lot.isprintable():
            raise CountsUnreadable(f"line {reader.line_num}: no lot is called {lot!r:.80}")
        if lot in seen:
            raise CountsUnreadable(f"line {reader.line_num}: {lot} stands there twice")
        if not (accepted.isascii() and accepted.isdigit() and len(accepted) <= 10):
            raise CountsUnreadable(f"line {reader.line_num}: {accepted!r:.40} is no whole number")
        if int(accepted) > _MOST:
            raise CountsUnreadable(f"line {reader.line_num}: no lot holds {accepted}")
        seen.add(lot)
        yield lot, int(accepted)
