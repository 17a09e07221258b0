"""An audit's tables as Parquet: batches, lots, statements, claims, roles, differences.

Lots and serials are whole numbers, hashes and addresses hex texts, times Unix seconds: what any
reader of Parquet takes as it is. Written in pieces, each file whole or not at all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from treering.domain.record import lot_number_of, lot_of, programme_of, serial_of
from treering.domain.recount.chronicle import Chronicle, ClaimLine
from treering.domain.recount.difference import Difference
from treering.domain.recount.duties import Duties
from treering.errors import ReportNotWritten
from treering.flow.auditing.report import AuditReport

_PIECE = 20_000  # rows at once
_WHOLE, _TEXT, _YES = pa.int64(), pa.string(), pa.bool_()
Row = dict[str, Any]
Columns = dict[str, pa.DataType]

_BATCHES: Columns = {
    "programme": _WHOLE,
    "lot": _WHOLE,
    "first_serial": _WHOLE,
    "count": _WHOLE,
    "root": _TEXT,
    "block": _WHOLE,
    "log": _WHOLE,
    "transaction": _TEXT,
}
_STATEMENTS: Columns = {
    "programme": _WHOLE,
    "lot": _WHOLE,
    "stage": _WHOLE,
    "inspector": _TEXT,
    "old_count": _WHOLE,
    "new_count": _WHOLE,
    "inspected_at": _WHOLE,
    "report": _TEXT,
    "id": _TEXT,
    "block": _WHOLE,
    "transaction": _TEXT,
}
_CLAIMS: Columns = {
    "programme": _WHOLE,
    "lot": _WHOLE,
    "serial": _WHOLE,
    "commitment": _TEXT,
    "released": _YES,
    "block": _WHOLE,
    "transaction": _TEXT,
}
_ROLES: Columns = {
    "role": _TEXT,
    "role_hash": _TEXT,
    "account": _TEXT,
    "granted": _YES,
    "sender": _TEXT,
    "block": _WHOLE,
    "transaction": _TEXT,
}
_LOTS: Columns = {
    "lot": _TEXT,
    "site": _TEXT,
    "species": _TEXT,
    "year": _WHOLE,
    "unit": _TEXT,
    "endorsed": _WHOLE,
    "accepted": _WHOLE,
    "surveyed": _WHOLE,
    "minted": _WHOLE,
    "revoked": _WHOLE,
    "live": _WHOLE,
    "deficit": _WHOLE,
    "closed": _YES,
}
_DIFFERENCES: Columns = {
    "code": _TEXT,
    "rule": _TEXT,
    "subject": _TEXT,
    "expected": _TEXT,
    "found": _TEXT,
    "block": _WHOLE,
    "log": _WHOLE,
    "transaction": _TEXT,
}


def write_tables(folder: Path, report: AuditReport, chronicle: Chronicle, duties: Duties) -> None:
    """One file a table into `folder`, which is made; ReportNotWritten."""
    tables: dict[str, tuple[Columns, Iterable[Row]]] = {
        "batches": (_BATCHES, map(_of_lot, chronicle.batches)),
        "lots": (_LOTS, map(asdict, report.lots)),
        "statements": (_STATEMENTS, map(_of_lot, chronicle.statements)),
        "claims": (_CLAIMS, map(_claim, chronicle.claims)),
        "roles": (_ROLES, (_role(asdict(line), duties) for line in chronicle.roles)),
        "differences": (_DIFFERENCES, map(_difference, report.differences)),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, (columns, rows) in tables.items():
            _write(folder / f"{name}.parquet", columns, rows)
    except OSError as error:
        raise ReportNotWritten(f"{folder}: {error.strerror}") from error


def _write(path: Path, columns: Columns, rows: Iterable[Row]) -> None:
    schema = pa.schema(list(columns.items()))
    beside = path.with_name(path.name + ".new")
    with pq.ParquetWriter(beside, schema) as writer:
        for piece in _pieces(rows):
            writer.write_table(pa.Table.from_pylist(piece, schema))
    beside.replace(path)


def _pieces(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while piece := list(islice(remaining, _PIECE)):
        yield piece


def _of_lot(line: Any) -> Row:
    lot = line.lot
    return _plain(asdict(line)) | {"programme": programme_of(lot), "lot": lot_number_of(lot)}


def _claim(line: ClaimLine) -> Row:
    lot = lot_of(line.tree)
    whose = {"programme": programme_of(lot), "lot": lot_number_of(lot)}
    return _plain(asdict(line)) | whose | {"serial": serial_of(line.tree)}


def _role(line: Row, duties: Duties) -> Row:
    return _plain(line) | {
        "role": duties.name(line["role"]),
        "role_hash": "0x" + line["role"].hex(),
    }


def _difference(difference: Difference) -> Row:
    place = difference.place
    return {
        "code": difference.code.value,
        "rule": difference.code.rule,
        "subject": difference.subject,
        "expected": _text(difference.expected),
        "found": _text(difference.found),
        "block": place.block if place else None,
        "log": place.index if place else None,
        "transaction": "0x" + place.transaction.hex() if place else None,
    }


def _text(value: object) -> str | None:
    if value is None:
        return None
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)


def _plain(row: Row) -> Row:
    return {name: _text(v) if isinstance(v, bytes) else v for name, v in row.items()}
