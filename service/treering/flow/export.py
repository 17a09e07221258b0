"""Differences as files: CSV for people's tables, JSON lines and Parquet for machines.

Written a few at a time. A CSV's cell never begins with what a spreadsheet takes for a formula:
such text gets an apostrophe before it; the other two forms keep every value as it is.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from treering.domain.reconciliation import Standing

_AT_ONCE = 1000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
_MOMENTS = ("opened_at", "first_seen", "last_seen", "resolved_at")
_NUMBERS = ("count", "age_days", "runs")
_TEXTS = (
    *("id", "kind", "case", "subject", "owner", "programme", "province"),
    *("left", "left_says", "right", "right_says", "says_en", "says_zh", "next_en", "next_zh"),
)
COLUMNS = (*_TEXTS, *_NUMBERS, *_MOMENTS)


class Form(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


def row(standing: Standing, now: datetime) -> dict[str, Any]:
    """A difference in one line: COLUMNS, in their order."""
    case = standing.case
    told = {
        "id": str(standing.id),
        "kind": case.kind.value,
        "case": case.name,
        "subject": standing.subject,
        "owner": case.owner.value,
        "programme": standing.programme,
        "province": standing.province,
        "left": case.left.value,
        "left_says": standing.left,
        "right": case.right.value,
        "right_says": standing.right,
        "says_en": case.en,
        "says_zh": case.zh,
        "next_en": case.next_en,
        "next_zh": case.next_zh,
        "count": standing.count,
        "age_days": standing.age(now).days,
        "runs": standing.runs,
    }
    return told | {name: getattr(standing, name) for name in _MOMENTS}


def export(form: Form, found: Iterable[Standing], now: datetime) -> Iterator[bytes]:
    """The file in pieces."""
    rows = (row(standing, now) for standing in found)
    match form:
        case Form.CSV:
            return _csv(rows)
        case Form.JSONL:
            return (msgspec.json.encode(each) + b"\n" for each in rows)
        case Form.PARQUET:
            return _parquet(rows)


def safe(value: object) -> object:
    """A cell that no spreadsheet takes for a formula. Numbers are numbers."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        text = value.replace("\0", "")
        return "'" + text if value.startswith(_FORMULA) else text
    return value


def _csv(rows: Iterator[Mapping[str, Any]]) -> Iterator[bytes]:
    yield "\ufeff".encode()  # or a spreadsheet would not read the Chinese
    yield _lines([COLUMNS])
    while some := list(islice(rows, _AT_ONCE)):
        yield _lines([[safe(each[name]) for name in COLUMNS] for each in some])


def _lines(cells: Iterable[Iterable[object]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(cells)  # RFC 4180: quoted where needed, CRLF
    return out.getvalue().encode()


_SCHEMA = pa.schema(
    [
        *[(name, pa.string()) for name in _TEXTS],
        *[(name, pa.int64()) for name in _NUMBERS],
        *[(name, pa.timestamp("us", "UTC")) for name in _MOMENTS],
    ]
)


def _parquet(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """A row group for each piece; what is written is handed on and forgotten."""
    out = _Pipe()
    with pq.ParquetWriter(out, _SCHEMA) as writer:
        while some := list(islice(rows, _AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(some, _SCHEMA))
            yield out.taken()
    yield out.taken()


class _Pipe(io.RawIOBase):
    """What the writer has written since somebody last took it."""

    def __init__(self) -> None:
        super().__init__()
        self._held, self._place = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        written = bytes(data)
        self._held += written
        self._place += len(written)
        return len(written)

    def tell(self) -> int:
        return self._place

    def taken(self) -> bytes:
        held, self._held = bytes(self._held), bytearray()
        return held
