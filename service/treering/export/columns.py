"""Rows to Parquet, for programs: loaded only where somebody asks for it."""

import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, get_type_hints

import msgspec
import pyarrow as pa
from pyarrow import parquet

from treering.export.written import plain


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


def as_parquet(kind: type[msgspec.Struct], groups: Iterable[list[Any]]) -> Iterator[bytes]:
    """The file in pieces, a row group each."""
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
    kind = plain(hint)
    if issubclass(kind, str):
        return pa.string()
    return {bool: pa.bool_(), int: pa.int64(), datetime: pa.timestamp("us", tz="UTC")}[kind]
