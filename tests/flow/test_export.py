"""Differences as files: no cell that a spreadsheet runs, and nothing lost for machines."""

import csv
import io
import json
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from tests.fakes.differences import standing
from treering.domain.comparison import cases
from treering.export.written import Form
from treering.flow.reconciling.export import COLUMNS, export

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TRIGGERS = ["=", "+", "-", "@", "\t", "\r", "\n", "\0"]
PAYLOADS = [
    trigger + rest
    for trigger in TRIGGERS
    for rest in ("1+1", 'HYPERLINK("http://x","y")', "cmd|' /C calc'!A0", "", " =2", "\0=3")
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_begins_a_cell_and_each_comes_back(payload):
    one = standing(1, cases.LOT_COUNT, "150000", left=payload)
    text = b"".join(export(Form.CSV, [one], NOW)).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text, newline=""))

    assert not row["left_says"].startswith(tuple(TRIGGERS))
    assert row["left_says"].removeprefix("'") == payload.replace("\0", "")


def test_the_forms_hold_the_same_lines_however_many():
    many = [standing(number, cases.BATCH_ROOT, "150000") for number in range(1, 2501)]
    files = {form: b"".join(export(form, many, NOW)) for form in Form}

    table = pq.read_table(io.BytesIO(files[Form.PARQUET]))
    lines = [json.loads(line) for line in files[Form.JSONL].splitlines()]
    rows = list(csv.DictReader(io.StringIO(files[Form.CSV].decode("utf-8-sig"))))
    subjects = [one.subject for one in many]
    assert table.column("subject").to_pylist() == subjects
    assert [line["subject"] for line in lines] == [row["subject"] for row in rows] == subjects
    assert tuple(table.column_names) == tuple(lines[0]) == tuple(rows[0]) == COLUMNS
    assert pq.ParquetFile(io.BytesIO(files[Form.PARQUET])).num_row_groups == 1


def test_a_file_of_nothing_is_a_file():
    table = pq.read_table(io.BytesIO(b"".join(export(Form.PARQUET, [], NOW))))
    assert (table.num_rows, tuple(table.column_names)) == (0, COLUMNS)
    assert b"".join(export(Form.JSONL, [], NOW)) == b""
    assert b"".join(export(Form.CSV, [], NOW)).decode("utf-8-sig").startswith("id,kind,case")
