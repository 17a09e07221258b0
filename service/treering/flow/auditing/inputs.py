"""What an auditor brings along to compare with; here, the accepted counts of each lot.

An input is read whole, hashed as it came, and compared with the recount; where it says
something else, that is a difference like any other.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from treering.domain.record import LotId, lot_number_of, programme_of
from treering.domain.recount.books import Books
from treering.domain.recount.difference import Code, Difference, of, of_lot
from treering.domain.recount.totals import code_text
from treering.errors import AuditInputUnreadable
from treering.flow.auditing.report import Input

_MOST_BYTES = 64 << 20
_COLUMNS = {"lot", "accepted"}


@dataclass(frozen=True, slots=True)
class Compared:
    """An input and what it said otherwise."""

    input: Input
    differences: Sequence[Difference]


def accepted(path: Path, books: Books) -> Compared:
    """A CSV of `lot` (ANT_FOREST/277 or ANT_FOREST-277) and `accepted`, one row a lot."""
    content = _content(path)
    rows = list(_rows(content, path.name))
    lots = {_lot_key(_lot_text(books, lot)): lot for lot in books.lots}
    found: list[Difference] = []
    for name, count in rows:
        lot = lots.get(_lot_key(name))
        if lot is None:
            found.append(of(Code.ACCEPTED_DIFFERS, f"lot {name}", count, None))
        elif books.lots[lot].accepted != count:
            found.append(of_lot(Code.ACCEPTED_DIFFERS, lot, count, books.lots[lot].accepted))
    return Compared(input_of("accepted", path.name, content, len(rows)), found)


def _rows(content: bytes, name: str) -> Iterator[tuple[str, int]]:
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        if not set(reader.fieldnames or ()) >= _COLUMNS:
            raise AuditInputUnreadable(f"{name} has no columns lot and accepted")
        seen = set()
        for number, row in enumerate(reader, start=2):
            lot, count = (row["lot"] or "").strip(), (row["accepted"] or "").strip()
            if not (lot and count.isascii() and count.isdigit()) or _lot_key(lot) in seen:
                raise AuditInputUnreadable(f"{name}, line {number}: no lot and whole count, once")
            seen.add(_lot_key(lot))
            yield lot, int(count)
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise AuditInputUnreadable(f"{name}: {error}") from error


def _lot_text(books: Books, lot: LotId) -> str:
    code = books.programmes.get(programme_of(lot))
    named = code_text(code) if code else str(programme_of(lot))
    return f"{named}/{lot_number_of(lot)}"


def _lot_key(name: str) -> str:
    head, _, number = name.replace("/", "-").rpartition("-")
    return f"{head}-{number}".upper()


def input_of(kind: str, name: str, content: bytes, compared: int) -> Input:
    return Input(kind=kind, name=name, sha256=sha256(content).digest(), compared=compared)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise AuditInputUnreadable(f"{path}: {error.strerror}") from error
    if len(content) > _MOST_BYTES:
        raise AuditInputUnreadable(f"{path} is longer than {_MOST_BYTES} bytes")
    return content
