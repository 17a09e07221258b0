"""Files as they come: cut anywhere, packed, damaged, hostile; each line told for itself."""

import gzip
import io
import json
import tracemalloc
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from treering.domain import wishes
from treering.domain.wishes import WishIn
from treering.errors import LoadUnreadable, TreeringError
from treering.intake.formats import Format, of_file, of_pieces
from treering.intake.lines import LONGEST, numbered

WISH = {"lot": "ANT_FOREST-277", "holder": "user-1", "name": "张三"}
LINE = json.dumps(WISH, ensure_ascii=False).encode()
HEAD = b"lot,holder,name,count,year,campaign,redeemed_at\n"


def read(kind: str, content: bytes, size: int = 7):
    """Entries by line; a refusal as its words. The content comes `size` bytes at a time."""
    pieces = (content[i : i + size] for i in range(0, len(content), size))
    return {n: e if isinstance(e, WishIn) else str(e) for n, e in of_pieces(Format(kind), pieces)}


def why(kind: str, content: bytes) -> str:
    with pytest.raises(LoadUnreadable) as refused:
        read(kind, content, 1000)
    return str(refused.value)


def parquet(columns: dict) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


@example([b"\xef\xbb\xbf"], 1)
@given(st.lists(st.binary(max_size=40).map(lambda b: b.replace(b"\n", b" "))), st.integers(1, 9))
def test_lines_are_what_stands_between_line_ends_however_the_bytes_arrive(lines, size):
    content = b"\n".join(lines)
    pieces = [content[i : i + size] for i in range(0, len(content), size)]
    expected = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if expected[-1] == b"":
        expected.pop()
    assert list(numbered(pieces)) == list(enumerate(expected, start=1))


_ODD = (
    LINE.replace(b"}", b', "holder": "user-2"}'),
    LINE.replace(b"}", b', "count": 1}'),
    LINE.replace(b"}", b', "unit": null, "unit": null}'),
    LINE.replace(b"user-1", b"user-\\u0031"),
    LINE.replace(b"}", b', "h\\u006flder": "user-2"}'),
    LINE.replace(b'"user-1"', b"1"),
    LINE + LINE,
    LINE[:20],
    b"\xff",
    b"[" * 5000,
    b"",
    b" \t",
    b"x" * (LONGEST + 1),
    LINE + b"\r",
)


@given(st.lists(st.sampled_from([LINE, LINE, LINE, *_ODD]), max_size=8), st.integers(1, 999))
@example([LINE] * 1200 + [_ODD[0]] + [LINE] * 3, 5000)
@example([LINE, _ODD[1], LINE], 999)
def test_a_line_is_read_the_same_whatever_lines_stand_about_it(lines, size):
    lines = [*lines, LINE]  # an empty last line is none
    alone = {
        number: entry
        for number, line in enumerate(lines, 1)
        for entry in read("ndjson", line, 1 << 20).values()
    }
    assert read("ndjson", b"\n".join(lines), size) == alone


def test_a_line_that_is_too_long_costs_itself_alone_and_is_never_held():
    long = b"x" * (LONGEST + 1)
    content = [LINE, long, LINE, long * 3, LINE, long]
    entries = read("ndjson", b"\n".join(content), 1000)
    assert [isinstance(entry, WishIn) for entry in entries.values()] == [True, False] * 3
    assert entries[2] == f"the line is longer than {LONGEST} bytes"
    tracemalloc.start()
    endless = (b"y" * 100_000 for _ in range(100))
    assert list(numbered(endless)) == [(1, None)]
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"\xff\xfe" + LINE, "this is not JSON"),
        (LINE[:-2], "this is not JSON"),
        (LINE.replace(b"}", b', "count": NaN}'), "this is not JSON"),
        (LINE.replace(b"}", b', "count": 1e400}'), "count"),
        (LINE.replace(b"}", b', "count": 2.5}'), "count: Expected `int`, got `float`"),
        (LINE.replace(b"}", b', "colour": "red"}'), "colour"),
        (b"[" * 9000, "Expected `object`, got `array`"),
        (b"[]", "Expected `object`, got `array`"),
        (LINE.replace(b"user-1", b"user\\u0000"), "holder"),
    ],
)
def test_a_line_of_json_that_is_no_wish_is_told_why(line, told):
    entries = read("ndjson", LINE + b"\n" + line + b"\n" + LINE)
    assert told in entries[2]
    assert entries[1] == entries[3] == wishes.read(LINE)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (b"F-1,u,\xff\xfe,,,,", "this is not UTF-8"),
        (b'F-1,u,"Jo,1,,,', "this is not CSV"),
        (b"F-1,u,Jo,1", "4 cells under 7 columns"),
        (b"F-1,u,Jo,1,,,,", "8 cells under 7 columns"),
        (b"F-1,u,=HYPERLINK(1),1,,,", "name: '=' begins a spreadsheet's formula"),
        (b"F-1,@SUM(1),Jo,1,,,", "holder: '@' begins a spreadsheet's formula"),
        (b"F-1,u,Jo,NaN,,,", "count: Expected `int`, got `str`"),
        (b"F-1,u,Jo,1e3,,,", "count: Expected `int`, got `str`"),
        (b"F-1,u,Jo,9999999999999,,,", "count: Expected `int`, got `str`"),
        (b"F-1,u,Jo,0,,,", "count: Expected `int` >= 1"),
        (b"F-1,u,Jo,1,,,2019-03-12", "redeemed_at"),
        (b"F-1,,Jo,1,,,", "holder"),
        (b"F-1,u\x00,Jo,1,,,", "holder"),
        (b"x" * (LONGEST + 1), f"the line is longer than {LONGEST} bytes"),
    ],
)
def test_a_row_of_csv_that_is_no_wish_is_told_why(row, told):
    entries = read("csv", HEAD + row + b"\n\nF-1,u,Jo,2,,,\n")
    assert told in entries[2]
    assert entries[4] == WishIn(lot="F-1", holder="u", name="Jo", count=2)


def test_a_csv_may_have_a_mark_carriage_returns_quotes_and_its_columns_in_any_order():
    content = 'name,lot,holder,redeemed_at\r\n"Jo ""J"", jr",F-1,u,2019-03-12T08:00:00+08:00\r\n'
    (wish,) = read("csv", b"\xef\xbb\xbf" + content.encode()).values()
    assert (wish.name, wish.lot, wish.campaign) == ('Jo "J", jr', "F-1", None)
    assert wish.redeemed_at == datetime(2019, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"lot;holder;name\n", "there is no column 'lot;holder;name'"),
        (b"lot,holder\n", "column name is missing"),
        (b"lot,holder,name,name\n", "column name stands there twice"),
        (b"lot,holder,name,colour\n", "there is no column 'colour'"),
        (b"\n", "column lot is missing"),
        (b"\xff\xfe\n", "its first line names no columns"),
    ],
)
def test_a_csv_without_its_columns_is_refused_whole(head, told):
    assert told in why("csv", head + b"F-1,u,Jo\n")


def test_parquet_brings_the_same_wishes_as_json():
    moment = datetime(2019, 3, 12, 8, tzinfo=UTC)
    rows = [WISH | {"count": 3, "redeemed_at": moment, "campaign": None}]
    rows.append(WISH | {"campaign": "spring"})
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file)
    entries = read("parquet", file.getvalue())
    assert entries[1] == wishes.read(
        LINE[:-1] + b', "count":3,"redeemed_at":"2019-03-12T08:00:00Z"}'
    )
    assert entries[2] == wishes.read(LINE[:-1] + b', "campaign": "spring"}')


def test_a_row_of_parquet_that_is_no_wish_costs_no_other_row():
    columns = {"lot": ["F-1", None, "F-1"], "holder": ["u"] * 3, "name": ["Jo", "Jo", "Jo"]}
    entries = read("parquet", parquet(columns | {"count": [1, 2, 0]}))
    assert isinstance(entries[1], WishIn)
    assert "lot" in entries[2]
    assert entries[3].startswith("count: Expected `int` >= 1")


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("holder", pa.array([b"\xff\xfe", b"u"], pa.binary()).view(pa.string())),
        ("redeemed_at", pa.array([2**62, 0], pa.timestamp("us", "UTC"))),
        ("redeemed_at", pa.array([2**50, 0], pa.timestamp("s", "UTC"))),
        ("redeemed_at", pa.array([1, 10**18], pa.timestamp("ns", "UTC"))),
        ("redeemed_at", pa.array([0, None], pa.timestamp("us", "Nowhere/Atall"))),
    ],
)
def test_a_value_of_parquet_that_nobody_can_read_costs_its_own_row(column, values):
    columns = {name: [value] * 2 for name, value in WISH.items()} | {column: values}
    entries = read("parquet", parquet(columns))
    assert entries[1].startswith("the row holds a value that cannot be read: ")
    assert isinstance(entries[2], WishIn)


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("count", [1.0, float("nan")], "column count holds double"),
        ("count", ["1", "2"], "column count holds string"),
        ("name", [1, 2], "column name holds int64"),
        ("redeemed_at", [datetime(2019, 3, 12), None], "column redeemed_at holds timestamp"),  # noqa: DTZ001
        ("colour", ["red", "blue"], "there is no column 'colour'"),
    ],
)
def test_a_parquet_of_wrong_types_is_refused_whole(column, values, told):
    columns = {name: [value] * 2 for name, value in WISH.items()} | {column: values}
    assert told in why("parquet", parquet(columns))


def test_what_is_no_parquet_or_is_damaged_says_so():
    whole = parquet({name: [value] * 5000 for name, value in WISH.items()})
    for content in (b"", LINE, whole[:-9], whole[:4] + bytes(200) + whole[204:]):
        assert "this is not Parquet, or damaged" in why("parquet", content)


def test_a_text_that_stands_in_every_row_at_the_price_of_one_is_refused():
    columns = {name: [value] * 9000 for name, value in WISH.items()}
    places = pa.array([0] * 9000, pa.int32())
    long = pa.DictionaryArray.from_arrays(places, pa.array(["x" * 1_000_000]))
    bomb = parquet(columns | {"campaign": long})
    assert len(bomb) < 2_000_000
    assert "holds a text of 1000000 bytes" in why("parquet", bomb)


def test_a_row_group_of_more_than_a_gigabyte_is_refused(monkeypatch):
    monkeypatch.setattr("treering.intake.parquet._LARGEST", 100)
    assert "row group 0 unpacks to" in why("parquet", parquet({k: [v] for k, v in WISH.items()}))


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_what_is_packed_with_gzip_is_unpacked_even_in_several_members(size):
    packed = gzip.compress(LINE + b"\n") + gzip.compress(b"\n" + LINE)
    assert list(read("ndjson", packed, size)) == [1, 3]
    assert list(read("csv", gzip.compress(HEAD + b"F-1,u,Jo,2,,,"), size)) == [2]


def test_a_gzip_that_is_cut_or_damaged_is_told_after_the_lines_before():
    packed = gzip.compress(b"\n".join([LINE] * 9))
    assert "its gzip is cut off" in why("ndjson", packed[:-4])
    assert "its gzip is damaged" in why("ndjson", packed[:20] + b"\xff" * 9 + packed[29:])


@pytest.mark.parametrize("filling", [b" ", b"\n", LINE + b"\n"])
def test_a_gzip_bomb_is_refused(filling):
    packed = gzip.compress(filling * (6_000_000 // len(filling)))
    assert "it unpacks to more than 100 times its size" in why("ndjson", packed)


def test_a_files_form_follows_from_its_name_or_its_media_type():
    names = {"a.csv.gz": "csv", "A.PARQUET": "parquet", "a.ndjson": "ndjson", "-": "ndjson"}
    assert {name: str(Format.of_name(name)) for name in names} == names
    types = {"text/csv; x": "csv", "application/vnd.apache.parquet": "parquet", "": "ndjson"}
    assert {name: str(Format.of_media_type(name)) for name in types} == types


def test_a_pipe_of_parquet_is_kept_before_it_is_read():
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    content = parquet({name: [value] for name, value in WISH.items()})
    for file in (Pipe(content), io.BytesIO(content)):
        assert [entry for _, entry in of_file(Format.PARQUET, file)] == [wishes.read(LINE)]


@given(st.binary(max_size=200), st.sampled_from(list(Format)))
def test_no_bytes_at_all_bring_anything_but_wishes_and_refusals(content, kind):
    try:
        entries = list(of_pieces(kind, [content]))
    except LoadUnreadable:
        return
    assert all(isinstance(entry, WishIn | TreeringError) for _, entry in entries)
