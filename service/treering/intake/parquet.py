"""Entries from Parquet, a piece of a row group at a time. Row n is line n."""

from collections.abc import Iterator
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from treering.domain import wishes
from treering.domain.load import Entry
from treering.domain.wishes import WishIn
from treering.errors import LoadUnreadable, RequestMalformed, TreeringError
from treering.intake.lines import LONGEST
from treering.intake.rows import checked_columns

_PIECE = 1024  # rows
_LARGEST = 1 << 30  # bytes of one row group, unpacked: writers make them of 64 to 512 MB
_WHOLE = ("count", "year")
# Texts that are not UTF-8, moments beyond the calendar or of no zone, parts of a microsecond.
_NO_VALUE = (ValueError, OverflowError, LookupError)
Row = dict[str, object]


def of_parquet(file: IO[bytes]) -> Iterator[Entry]:
    """`file` can be read at any place. LoadUnreadable if it is no table of wishes."""
    try:
        table = _opened(file)
        texts = [field.name for field in table.schema_arrow if _is_text(field.type)]
        table = pq.ParquetFile(file, read_dictionary=texts)
        row = 0
        for batch in table.iter_batches(batch_size=_PIECE):
            _check_lengths(batch)
            for given in _rows(batch):
                row += 1
                yield row, given if isinstance(given, TreeringError) else _wish(given)
    except (pa.ArrowException, OSError) as error:
        why = str(error).splitlines()[0]
        raise LoadUnreadable(f"this is not Parquet, or damaged: {why:.200}") from error


def _opened(file: IO[bytes]) -> pq.ParquetFile:
    table = pq.ParquetFile(file)
    checked_columns(table.schema_arrow.names)
    for field in table.schema_arrow:
        if not _fits(field):
            raise LoadUnreadable(f"column {field.name} holds {field.type}")
    for i in range(table.metadata.num_row_groups):
        size = table.metadata.row_group(i).total_byte_size
        if size > _LARGEST:
            raise LoadUnreadable(f"row group {i} unpacks to {size} bytes; at most {_LARGEST}")
    return table


def _fits(field: pa.Field) -> bool:
    if field.name in _WHOLE:
        return bool(pa.types.is_integer(field.type))
    is_moment = field.name == "redeemed_at" and pa.types.is_timestamp(field.type)
    return _is_text(field.type) or bool(is_moment and field.type.tz)


def _is_text(kind: pa.DataType) -> bool:
    held = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(held) or pa.types.is_large_string(held))


def _check_lengths(batch: pa.RecordBatch) -> None:
    """Before texts are unpacked: one long text may stand in every row at the price of one."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        texts = column.dictionary if pa.types.is_dictionary(column.type) else column
        if _is_text(texts.type):
            longest = pc.max(pc.binary_length(texts)).as_py() or 0
            if longest > LONGEST:
                raise LoadUnreadable(f"column {name} holds a text of {longest} bytes")


def _rows(batch: pa.RecordBatch) -> list[Row | TreeringError]:
    """A value that Python has no like of costs its own row alone."""
    try:
        return list(batch.to_pylist())
    except _NO_VALUE:
        return [_alone(batch.slice(i, 1)) for i in range(len(batch))]


def _alone(row: pa.RecordBatch) -> Row | TreeringError:
    try:
        (given,) = row.to_pylist()
    except _NO_VALUE as error:
        return RequestMalformed(f"the row holds a value that cannot be read: {error!s:.200}")
    return dict(given)


def _wish(given: Row) -> WishIn | TreeringError:
    try:
        return wishes.taken({name: value for name, value in given.items() if value is not None})
    except TreeringError as refusal:
        return refusal
