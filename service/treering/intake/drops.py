"""Files that registries really give: CSV, XLSX, or JSON in pages. Everything is bounded, and a
column that we do not know refuses the file: what is personal must not even be kept.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

import msgspec
from defusedxml.common import DefusedXmlException

from treering.domain.drop import Row
from treering.errors import DropRefused

MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 1_000_000
MOST_UNPACKED = 512 * 1024 * 1024
MOST_RATIO = 100  # of a workbook's parts

COLUMNS = {
    "number": "number",
    "证书编号": "number",
    "certificate": "certificate",
    "证书承诺": "certificate",
    "year": "year",
    "年度": "year",
    "adcode": "adcode",
    "行政区划代码": "adcode",
    "form": "form",
    "尽责形式": "form",
    "status": "active",
    "状态": "active",
    "trees": "trees",
    "树木编号": "trees",
}
_STATUS = {"active": True, "有效": True, "withdrawn": False, "已撤销": False}


class DropForm(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


class _Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of several; all are of one version, each once."""

    version: str
    page: int
    pages: int
    records: list[dict[str, Any]]


def form_of(raw: bytes) -> DropForm:
    """By what it begins with, not by what it is called."""
    if raw.startswith(b"PK"):
        return DropForm.XLSX
    start = raw[:1024].lstrip(b"\xef\xbb\xbf \r\n\t")
    return DropForm.JSON if start[:1] in (b"[", b"{") else DropForm.CSV


def rows(raw: bytes) -> Iterator[tuple[int, Row]]:
    """Each row with its line, from 1; DropRefused for what is none of the three or too large."""
    if len(raw) > MOST_BYTES:
        raise DropRefused(f"longer than {MOST_BYTES} bytes")
    reader = {DropForm.CSV: _csv, DropForm.XLSX: _xlsx, DropForm.JSON: _json}[form_of(raw)]
    try:
        for line, fields in enumerate(reader(raw), 1):
            if line > MOST_ROWS:
                raise DropRefused(f"more than {MOST_ROWS} rows")
            yield line, _row(line, fields)
    except (UnicodeDecodeError, csv.Error, RecursionError, *_BROKEN) as error:
        raise DropRefused(f"this cannot be read: {error}") from error


_BROKEN = (
    msgspec.DecodeError,
    zipfile.BadZipFile,
    DefusedXmlException,
    SyntaxError,  # of XML: ElementTree's ParseError
    KeyError,  # a workbook without its parts
    OSError,
    ValueError,
    EOFError,
)


def _csv(raw: bytes) -> Iterator[dict[str, Any]]:
    lines = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
    yield from _table(lines)


def _xlsx(raw: bytes) -> Iterator[dict[str, Any]]:
    import openpyxl  # noqa: PLC0415 - 30 MB with its numpy, for whoever drops a workbook

    assert openpyxl.DEFUSEDXML, "entities in a workbook are never expanded"
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        size = sum(part.file_size for part in packed.infolist())
    if size > min(MOST_UNPACKED, MOST_RATIO * len(raw)):
        raise DropRefused(f"the workbook unpacks to {size} bytes")
    book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what it says of its own size may be wrong
        yield from _table(_as_wide_as_the_first(sheet.iter_rows(values_only=True)))
    finally:
        book.close()


def _as_wide_as_the_first(lines: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Workbooks leave out the empty cells at the end of a row."""
    width = 0
    for line in lines:
        width = width or len(line)
        yield line + (None,) * (width - len(line))


def _json(raw: bytes) -> Iterator[dict[str, Any]]:
    pages = msgspec.json.decode(raw, type=list[_Page] | _Page)
    pages = [pages] if isinstance(pages, _Page) else pages
    if len({page.version for page in pages}) > 1:
        raise DropRefused("the pages are of different versions")
    count = pages[0].pages if pages else 0
    if sorted(page.page for page in pages) != list(range(1, count + 1)):
        raise DropRefused(f"not each of {count} pages is there once")
    for page in sorted(pages, key=lambda page: page.page):
        for record in page.records:
            yield {_column(name): value for name, value in record.items()}


def _table(lines: Iterable[Iterable[Any]]) -> Iterator[dict[str, Any]]:
    """The rows below the first, which names the columns."""
    names: list[str] | None = None
    for line in lines:
        cells = list(line)
        if not any(cell not in (None, "") for cell in cells):
            continue
        if names is None:
            names = [_column(str(cell or "")) for cell in cells]
            if len(set(names)) != len(names):
                raise DropRefused("a column stands there twice")
            continue
        if len(cells) != len(names):
            raise DropRefused(f"a row has {len(cells)} cells, and {len(names)} columns are named")
        yield {n: cell for n, cell in zip(names, cells, strict=True) if cell not in (None, "")}


def _column(name: str) -> str:
    known = COLUMNS.get(name.strip().lower())
    if known is None:
        raise DropRefused(f"the column {name!r:.40} is not one that we may keep")
    return known


def _row(line: int, fields: dict[str, Any]) -> Row:
    said = dict(fields)
    try:
        if (status := said.get("active")) is not None:
            said["active"] = _STATUS[str(status).strip().lower()]
        if isinstance(trees := said.get("trees"), str):
            said["trees"] = trees.replace(";", " ").split()
        said |= {name: str(said[name]) for name in ("adcode", "number") if name in said}
        if isinstance(year := said.get("year"), str):
            said["year"] = int(year)
        return msgspec.convert(said, Row)
    except (ValueError, KeyError, TypeError) as error:
        raise DropRefused(f"row {line}: {error}") from error
