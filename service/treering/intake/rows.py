"""Entries from JSON lines and from CSV: each line's wish, or why it is refused."""

import csv
from collections.abc import Iterable, Iterator

from treering.domain import wishes
from treering.domain.load import Entry
from treering.domain.wishes import WishIn
from treering.errors import LoadUnreadable, RequestMalformed, TreeringError
from treering.intake.lines import LONGEST, Lines, numbered, stretches

_WHOLE = ("count", "year")
_FORMULAS = ("=", "+", "-", "@")


def of_json(pieces: Iterable[bytes]) -> Iterator[Entry]:
    """Blank lines are passed over, but counted."""
    for first, lines in stretches(pieces):
        whole = [line for line in lines if line]
        given = wishes.read_all(whole) if len(whole) == len(lines) else None
        yield from _each(first, lines) if given is None else enumerate(given, first)


def of_csv(pieces: Iterable[bytes]) -> Iterator[Entry]:
    """The first line names the columns; an empty cell says nothing. LoadUnreadable."""
    lines = numbered(pieces)
    columns = _columns(lines)
    for number, line in lines:
        if line is None:
            yield number, _too_long()
        elif line and not line.isspace():
            yield number, _row(columns, line)


def checked_columns(names: Iterable[str]) -> list[str]:
    """The columns of a table; LoadUnreadable names one that is missing, unknown or double."""
    columns = list(names)
    for name in columns:
        if name not in wishes.FIELDS:
            raise LoadUnreadable(f"there is no column {name!r:.80}; there are {_LIST}")
        if columns.count(name) > 1:
            raise LoadUnreadable(f"column {name} stands there twice")
    for name in wishes.REQUIRED:
        if name not in columns:
            raise LoadUnreadable(f"column {name} is missing")
    return columns


_LIST = ", ".join(wishes.FIELDS)


def _columns(lines: Iterator[tuple[int, bytes | None]]) -> list[str]:
    _, first = next(lines, (1, b""))
    try:
        return checked_columns(name.strip() for name in _cells(first or b""))
    except RequestMalformed as error:
        raise LoadUnreadable(f"its first line names no columns: {error}") from error


def _each(first: int, lines: Lines) -> Iterator[Entry]:
    for number, line in enumerate(lines, first):
        if line is None:
            yield number, _too_long()
        elif line and not line.isspace():
            yield number, _read(line)


def _read(line: bytes) -> WishIn | TreeringError:
    try:
        return wishes.read(line)
    except TreeringError as refusal:
        return refusal


def _row(columns: list[str], line: bytes) -> WishIn | TreeringError:
    try:
        cells = _cells(line)
        if len(cells) != len(columns):
            raise RequestMalformed(f"{len(cells)} cells under {len(columns)} columns")
        given = {name: cell for name, cell in zip(columns, cells, strict=True) if cell}
        return wishes.taken({name: _value(name, cell) for name, cell in given.items()})
    except TreeringError as refusal:
        return refusal


def _cells(line: bytes) -> list[str]:
    """No field of a wish may hold a line's end, so a row is one line and no quote runs on."""
    try:
        return next(csv.reader([line.decode().rstrip("\r")], strict=True), [])
    except UnicodeDecodeError as error:
        raise RequestMalformed(f"this is not UTF-8: {error}") from error
    except csv.Error as error:
        raise RequestMalformed(f"this is not CSV: {error}") from error


def _value(name: str, cell: str) -> object:
    if cell.startswith(_FORMULAS):
        raise RequestMalformed(f"{cell[0]!r} begins a spreadsheet's formula", name)
    is_whole = name in _WHOLE and cell.isascii() and cell.isdigit() and len(cell) < 10
    return int(cell) if is_whole else cell


def _too_long() -> RequestMalformed:
    return RequestMalformed(f"the line is longer than {LONGEST} bytes")
