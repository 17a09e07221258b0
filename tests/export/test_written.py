"""Tables that are given away: what a program reads back, and what a spreadsheet must not run."""

import csv
import io
import json
from datetime import UTC, datetime
from enum import StrEnum

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from treering.export.written import Form, written

MOMENT = datetime(2024, 12, 31, 16, 30, tzinfo=UTC)
DANGEROUS = [
    "=HYPERLINK(\"http://evil\")", "=1+1", "=cmd|' /C calc'!A0", "=WEBSERVICE(A1)", "==", "=",
    "+1", "+cmd", "+", "-1+1", "-cmd", "-", "--", "@SUM(A1)", "@", "@@", "\t=1", "\t", "\r=1",
    "\r\n=1", "\n=1", "\n", "\0=1", "\0", "＝1+1", "＋1", "－1", "＠SUM", "=1\n=2", "=,=",
    "=\"a\"", "='a'", "= 1", "=A1", "=A1:B2", "=IMPORTXML(1)", "=DDE(1)", "=RAND()", "-2+3",
    "+44 20", "@import", "=;", "=\\", "=\u202e", "=王伟", "+王伟", "-王伟", "@王伟", "\t王伟",
    "\r王伟",
]  # fmt: skip


class Colour(StrEnum):
    GREEN = "GREEN"


class Row(msgspec.Struct):
    name: str | None
    count: int
    colour: Colour
    at: datetime | None
    good: bool = True


ROWS = [Row("王伟", -3, Colour.GREEN, MOMENT), Row(None, 0, Colour.GREEN, None, False)]


def whole(form: Form, rows) -> bytes:
    return b"".join(written(form, Row, rows))


def test_json_lines_say_each_row_on_its_own_line():
    lines = [json.loads(line) for line in whole(Form.JSONL, ROWS).splitlines()]
    assert lines[0] == {
        "name": "王伟", "count": -3, "colour": "GREEN", "at": "2024-12-31T16:30:00Z", "good": True
    }  # fmt: skip
    assert lines[1]["name"] is None


def test_a_parquet_file_keeps_types_and_gaps():
    table = parquet.read_table(io.BytesIO(whole(Form.PARQUET, ROWS)))
    assert table.to_pylist() == [msgspec.structs.asdict(row) for row in ROWS]


@pytest.mark.parametrize("form", Form)
def test_a_table_without_rows_is_a_whole_file(form):
    empty = whole(form, [])
    match form:
        case Form.JSONL:
            assert empty == b""
        case Form.CSV:
            assert empty.decode("utf-8-sig") == "name,count,colour,at,good\r\n"
        case Form.PARQUET:
            assert parquet.read_table(io.BytesIO(empty)).num_rows == 0


@pytest.mark.parametrize("form", Form)
def test_many_rows_come_in_pieces(form):
    rows = (Row(str(i), i, Colour.GREEN, MOMENT) for i in range(10_000))
    assert len(list(written(form, Row, rows))) >= 3


def first(*rows: Row) -> list[str]:
    """The first row of the spreadsheet."""
    text = whole(Form.CSV, rows).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))[1]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_a_spreadsheet_begins_a_formula(text):
    row = first(Row(text, -3, Colour.GREEN, None))
    assert row[0] == "'" + text.replace("\0", "")
    assert row[1] == "-3", "a number stays one"


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_formula_that_stands_in_many_rows_is_none_in_any(text):
    assert first(*[Row(text, 1, Colour.GREEN, MOMENT)] * 9)[::3] == [
        "'" + text.replace("\0", ""),
        MOMENT.isoformat(),
    ]


@settings(deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=9))
def test_a_spreadsheet_reads_each_text_back_but_for_what_guards_it(texts):
    rows = [Row(text, 1, Colour.GREEN, None) for text in texts]
    read = io.StringIO(whole(Form.CSV, rows).decode("utf-8-sig"), newline="")
    for text, [name, *_] in zip(texts, list(csv.reader(read))[1:], strict=True):
        guard = "'" if text.startswith(tuple("=+-@\t\r\n\0＝＋－＠")) else ""
        assert name == guard + text.replace("\0", "")


def test_there_are_fifty_dangerous_texts():
    assert len(set(DANGEROUS)) == 50
