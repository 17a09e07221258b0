"""A long file is read by a process of its own, to the same end as by this one."""

import json
import os
import sys
from dataclasses import dataclass
from io import BytesIO
from typing import IO

import psutil
import pytest
from sqlalchemy import text

from tests.flow.conftest import WISH
from treering.errors import CannotStart, LoadUnreadable, LotNotFound, RequestMalformed
from treering.flow.redeeming import ahead, apart
from treering.flow.redeeming.load import Loader
from treering.flow.redeeming.redeem import Desk
from treering.intake.formats import Format

LINE = '{"lot":"ANT_FOREST-277","holder":"user-%d","name":"张三"}\n'


@pytest.fixture
def loader(desk: Desk) -> Loader:
    return Loader(desk.engine, desk.vault, desk.clock)


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(ahead, "_WORTH", 1)
    return tmp_path / "wishes"


def run(loader: Loader, file, kind=Format.NDJSON, key="apart"):
    with file.open("rb") as opened:
        assert ahead.is_worth_it(opened)
        answered = loader.load_file("ANT_FOREST", key, kind, opened)
        return dict(answer for answers in answered for answer in answers)


def test_a_process_of_its_own_reads_what_this_one_would(loader: Loader, file):
    lines = [LINE % (i % 3) for i in range(5000)]
    lines[7], lines[4999] = "oops\n", LINE.replace("277", "0") % 1
    file.write_text("".join(lines), "utf-8")
    answers = run(loader, file)
    assert list(answers) == list(range(1, 5001))
    assert isinstance(answers[8], RequestMalformed)
    assert isinstance(answers[5000], LotNotFound)
    assert [answers[line].first_serial for line in (1, 9, 4999)] == [0, 7, 4997]
    here = loader.load_file("ANT_FOREST", "apart", Format.NDJSON, BytesIO(file.read_bytes()))
    again = dict(answer for answers in here for answer in answers)
    assert all(again[line].replayed for line in (1, 9, 4999))


def test_a_load_of_the_first_release_goes_on_with_it(loader: Loader, file, desk: Desk):
    made, _ = desk.redeem("ANT_FOREST", "old:1", WISH)
    with loader.engine.begin() as connection:
        query = "INSERT INTO loads (programme, key, former) VALUES ('ANT_FOREST', 'old', true)"
        connection.execute(text(query))
    wish = json.dumps({name: getattr(WISH, name) for name in ("lot", "holder", "name")}) + "\n"
    file.write_text(wish * 2, "utf-8")
    first, second = run(loader, file, key="old").values()
    assert (first.replayed, first.first_serial) == (True, made.first_serial)
    assert not second.replayed


def test_what_ends_the_reading_is_told_after_the_lines_before(loader: Loader, file):
    file.write_bytes(b"lot;holder;name\n")
    with pytest.raises(LoadUnreadable, match="there is no column"):
        run(loader, file, Format.CSV)


def children() -> set[psutil.Process]:
    """Of this process, which has others than readers while all tests run."""
    return set(psutil.Process().children())


def test_a_reader_that_is_killed_is_told_and_nothing_is_taken_for_the_end(loader: Loader, file):
    file.write_text("".join(LINE % i for i in range(60_000)), "utf-8")
    before = children()
    with file.open("rb") as opened:
        answered = loader.load_file("ANT_FOREST", "killed", Format.NDJSON, opened)
        next(answered)
        (reader,) = children() - before
        reader.kill()
        with pytest.raises(CannotStart, match="load it again"):
            list(answered)
    answers = run(loader, file, key="killed")
    assert [answers[line].first_serial for line in (1, 60_000)] == [0, 59_999]


def test_the_reader_ends_with_whoever_stops_listening(loader: Loader, file):
    file.write_text("".join(LINE % i for i in range(30_000)), "utf-8")
    before = children()
    with file.open("rb") as opened:
        answered = loader.load_file("ANT_FOREST", "left", Format.NDJSON, opened)
        next(answered)
        answered.close()
    assert children() <= before


def test_a_reader_that_was_begun_before_reads_and_one_without_a_task_ends(loader: Loader, file):
    file.write_text(LINE % 1, "utf-8")
    before = children()
    with file.open("rb") as opened, ahead.begun(opened) as hand:
        assert len(children() - before) == 1
        (answers,) = loader.load_file("ANT_FOREST", "begun", Format.NDJSON, opened, hand)
        assert [outcome.first_serial for _, outcome in answers] == [0]
    with file.open("rb") as opened, ahead.begun(opened) as hand:
        hand.orders.close()
        assert hand.sheets.read() == b""
    assert children() <= before


def test_what_is_short_or_in_memory_is_read_here(tmp_path):
    assert not ahead.is_worth_it(BytesIO(b"x"))
    file = tmp_path / "short"
    file.write_bytes(b"x")
    with file.open("rb") as opened:
        assert not ahead.is_worth_it(opened)
    reading, writing = os.pipe()
    os.close(writing)
    with open(reading, "rb") as pipe:  # noqa: PTH123 - a descriptor
        assert ahead.is_worth_it(pipe)


@dataclass
class Standard:
    buffer: IO[bytes]


class Gone(BytesIO):
    """Whoever listened is no more."""

    def write(self, _):
        raise BrokenPipeError


@pytest.fixture
def begun(loader: Loader, monkeypatch):
    """`main` in this process, where its branches are counted: what it answers to a file."""

    def main(kind: Format | None, content: str, answered: BytesIO) -> None:
        url = loader.engine.url.render_as_string(hide_password=False)
        reading, writing = os.pipe()
        with open(writing, "wb") as pipe:  # noqa: PTH123 - a descriptor
            if kind:
                apart.send(pipe, apart.Task(url, loader.vault.key, "ANT_FOREST", False, kind))
        monkeypatch.setattr(sys, "argv", ["-c", str(reading)])
        monkeypatch.setattr(sys, "stdin", Standard(BytesIO(content.encode())))
        monkeypatch.setattr(sys, "stdout", Standard(answered))
        monkeypatch.setattr(apart.signal, "signal", lambda *_: None)
        apart.main()
        os.close(reading)
        answered.seek(0)

    return main


@pytest.mark.parametrize("content", ["", LINE % 1])
def test_all_sheets_are_answered_and_then_the_end(begun, content):
    answered = BytesIO()
    begun(Format.NDJSON, content, answered)
    sheets = list(iter(lambda: apart._received(answered), None))
    assert [list(sheet.asked) for sheet in sheets] == ([[1]] if content else [])


def test_a_fault_of_the_reading_is_the_last_answer(begun):
    answered = BytesIO()
    begun(Format.CSV, "lot\n", answered)
    with pytest.raises(LoadUnreadable):
        apart._received(answered)


def test_one_to_whom_nobody_listens_ends_in_silence(begun):
    begun(Format.NDJSON, LINE % 1, Gone())


def test_one_that_is_told_nothing_answers_nothing(begun):
    answered = BytesIO()
    begun(None, LINE % 1, answered)
    assert answered.read() == b""
