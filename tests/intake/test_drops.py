"""Files of fulfilment certificates as registries give them: three forms, one meaning; and all
that such a file may be instead."""

import gzip
import io
import json
import zipfile

import openpyxl
import pytest

from treering.domain.drop import Row
from treering.errors import DropRefused
from treering.intake import drops

ROW = {"number": "JZ-1", "year": 2024, "adcode": "150000", "form": "F6", "status": "active"}
GONE = {"number": "JZ-2", "year": 2024, "adcode": "640000", "form": "F1", "status": "已撤销"}
TREES = ["00000001000001150000000a", "00000001000001150000000b"]
MEANT = [
    (
        1,
        Row(
            year=2024,
            adcode="150000",
            form="F6",
            active=True,
            number="JZ-1",
            trees=tuple(TREES),
        ),
    ),
    (2, Row(year=2024, adcode="640000", form="F1", active=False, number="JZ-2")),
]


def csv_of(*lines):
    return "\n".join(lines).encode()


def xlsx_of(*lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def page(records, number=1, pages=1, version="v1"):
    return {"version": version, "page": number, "pages": pages, "records": records}


def json_of(*pages):
    return json.dumps(pages).encode()


def read(raw):
    return list(drops.rows(raw))


FORMS = {
    "csv": csv_of(
        "number,year,adcode,form,status,trees",
        f"JZ-1,2024,150000,F6,active,{TREES[0]};{TREES[1]}",
        "JZ-2,2024,640000,F1,已撤销,",
    ),
    "chinese csv with a mark": b"\xef\xbb\xbf"
    + csv_of(
        "证书编号,年度,行政区划代码,尽责形式,状态,树木编号",
        f"JZ-1,2024,150000,F6,有效,{TREES[0]} {TREES[1]}",
        "",
        "JZ-2,2024,640000,F1,withdrawn,",
    ),
    "xlsx": xlsx_of(
        ["证书编号", "年度", "行政区划代码", "尽责形式", "状态", "树木编号"],
        ["JZ-1", 2024, 150000, "F6", "有效", " ".join(TREES)],
        ["JZ-2", "2024", "640000", "F1", "已撤销", None],
    ),
    "json": json_of(page([GONE], 2, 2), page([ROW | {"trees": TREES}], 1, 2)),
    "one json page": json.dumps(page([ROW | {"trees": TREES}, GONE])).encode(),
}


@pytest.mark.parametrize("raw", FORMS.values(), ids=FORMS.keys())
def test_every_form_says_the_same(raw):
    assert read(raw) == MEANT


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", bytes(30_000_000))
    return out.getvalue()


def with_entities():
    """A workbook whose strings expand an entity."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(FORMS["xlsx"])) as whole, zipfile.ZipFile(out, "w") as made:
        for part in whole.infolist():
            raw = whole.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                raw = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
            made.writestr(part, raw)
    return out.getvalue()


BAD = {
    "F56-not-utf8": b"number,year\n\xff\xfe,2024",
    "F56-nan": json_of(page([ROW]))[:-3] + b',"year":NaN}]}]',
    "F56-huge-number": json_of(page([ROW | {"year": 1}])).replace(b'"year": 1', b'"year": 1e400'),
    "F56-deep": b"[" * 100_000,
    "F56-xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
    "F56-xml-entities": with_entities(),
    "F56-cut-workbook": FORMS["xlsx"][:-100],
    "F56-no-workbook": b"PK\x05\x06" + bytes(18),
    "F56-gzip": gzip.compress(FORMS["csv"]),
    "F57-bomb": bomb(),
    "a name": csv_of("number,姓名", "JZ-1,张三"),
    "twice a column": csv_of("number,证书编号", "JZ-1,JZ-1"),
    "a cell more": csv_of("number,year", "JZ-1,2024,x"),
    "an open quote": csv_of("number,year", '"JZ-1,2024'),
    "two versions": json_of(page([ROW], 1, 2), page([GONE], 2, 2, "v2")),
    "a page twice": json_of(page([ROW], 1, 2), page([GONE], 1, 2)),
    "a page missing": json_of(page([ROW], 1, 2)),
    "another status": csv_of("number,year,adcode,form,status", "JZ-1,2024,150000,F6,lost"),
    "another year": csv_of("number,year,adcode,form,status", "JZ-1,MMXXIV,150000,F6,active"),
    "another form": csv_of("number,year,adcode,form,status", "JZ-1,2024,150000,F9,active"),
    "a list": json_of(page([ROW | {"status": ["active"]}])),
    "no status": csv_of("number,year,adcode,form", "JZ-1,2024,150000,F6"),
}


@pytest.mark.parametrize("raw", BAD.values(), ids=BAD.keys())
def test_f56_to_f57_what_is_none_of_them_is_refused_whole(raw):
    with pytest.raises(DropRefused):
        read(raw)


def test_a_file_is_bounded_in_bytes_and_rows(monkeypatch):
    monkeypatch.setattr(drops, "MOST_ROWS", 1)
    with pytest.raises(DropRefused, match="more than 1 rows"):
        read(FORMS["csv"])
    monkeypatch.setattr(drops, "MOST_BYTES", 10)
    with pytest.raises(DropRefused, match="longer than 10 bytes"):
        read(FORMS["csv"])


@pytest.mark.parametrize("raw", [b"", b"[]", b"number,year\n"])
def test_a_file_without_rows_says_nothing(raw):
    assert read(raw) == []
