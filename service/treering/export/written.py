"""Rows to bytes. A row is a msgspec Struct of texts, whole numbers, booleans and moments.

JSON lines and Parquet are for programs. CSV is for people's spreadsheets, which take a cell for
a formula by its first character: such a text gets an apostrophe before it (OWASP ASVS 1.2.10).
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import islice
from types import UnionType
from typing import Any, get_args, get_type_hints

import msgspec
import pyarrow as pa
from pyarrow import parquet

_AT_ONCE = 4096  # rows: what one piece holds, and one row group of a Parquet file's
_TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_encoder = msgspec.json.Encoder()


class Form(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    Form.JSONL: "application/x-ndjson",
    Form.CSV: "text/csv; charset=utf-8; header=present",
    Form.PARQUET: "application/vnd.apache.parquet",
}


def written(form: Form, kind: type[msgspec.Struct], rows: Iterable[Any]) -> Iterator[bytes]:
    """The file, in pieces; with its head, where the form has one, even if there is no row."""
    groups = _groups(rows)
    match form:
        case Form.JSONL:
            return (_encoder.encode_lines(group) for group in groups)
        case Form.CSV:
            return _as_csv(kind.__struct_fields__, groups)
        case Form.PARQUET:
            return _as_parquet(kind, groups)


def _groups(rows: Iterable[Any]) -> Iterator[list[Any]]:
    going = iter(rows)
    while group := list(islice(going, _AT_ONCE)):
        yield group


def _as_csv(fields: Sequence[str], groups: Iterable[list[Any]]) -> Iterator[bytes]:
    yield _csv([fields])
    for group in groups:
        yield _csv([[_cell(getattr(row, field)) for field in fields] for row in group])


def _csv(rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        return "'" + value if value.startswith(_TRIGGERS) else str(value)
    return value


class _Pieces(io.RawIOBase):
    """What a Parquet writer wrote since it was last asked."""

    def __init__(self) -> None:
        self._written = bytearray()
        self._before = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written += data
        return len(data)

    def tell(self) -> int:
        return self._before + len(self._written)

    def taken(self) -> bytes:
        piece = bytes(self._written)
        self._before += len(piece)
        self._written.clear()
        return piece


def _as_parquet(kind: type[msgspec.Struct], groups: Iterable[list[Any]]) -> Iterator[bytes]:
    schema = pa.schema([(name, _column(hint)) for name, hint in get_type_hints(kind).items()])
    pieces = _Pieces()
    with parquet.ParquetWriter(pieces, schema, compression="zstd") as writer:
        for group in groups:
            columns = {name: [getattr(row, name) for row in group] for name in schema.names}
            writer.write_table(pa.table(columns, schema=schema))
            yield pieces.taken()
    yield pieces.taken()


def _column(hint: Any) -> pa.DataType:
    """The type of a column; every one may be empty."""
    (plain,) = set(get_args(hint)) - {type(None)} if isinstance(hint, UnionType) else {hint}
    if issubclass(plain, str):
        return pa.string()
    return {bool: pa.bool_(), int: pa.int64(), datetime: pa.timestamp("us", tz="UTC")}[plain]
