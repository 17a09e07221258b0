"""treering reconcile, as an operator types it, in a town of real parts."""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from tests.cli.conftest import Town
from tests.ports import free_port
from treering import main
from treering.cli import reconcile


@dataclass
class Office:
    town: Town

    def run(self, *words: str) -> tuple[int, str, str]:
        """Status, output and complaints, once what happens is judged now."""
        out, err = StringIO(), StringIO()
        parts = self.town.parts
        reconciler = parts.reconciler(timedelta(0))
        registrar = parts.registrar
        status = reconcile.main(
            words, reconciler.run, registrar.open_now, registrar.export_open, out, err
        )
        return status, out.getvalue(), err.getvalue()

    def sql(self, command: str) -> None:
        with self.town.parts.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(command))


@contextmanager
def sown(office: Office, command: str, undo: str) -> Iterator[None]:
    office.sql(command)
    yield
    office.sql(undo)


@pytest.fixture
def office(town: Town) -> Office:
    """In a town that agrees with itself."""
    town.parts.sync_mirror()
    made = Office(town)
    assert made.run()[0] == 0, made.run()[1]
    return made


SEED = "UPDATE lots SET year = year + 1 WHERE slug = 'ANT_FOREST-277'"
UNDO = "UPDATE lots SET year = year - 1 WHERE slug = 'ANT_FOREST-277'"


def test_a_town_that_agrees_ends_with_nought_and_says_what_was_compared(office: Office):
    status, out, err = office.run()

    assert (status, err) == (0, "")
    block = office.town.parts.registrar.reconciled().made.world
    assert f"at block {block.block} 0x{block.block_hash.hex()}, head of " in out
    assert "0 differences: 0 new, 0 resolved" in out


def test_a_difference_is_told_with_both_sides_its_owner_and_the_next_step(office: Office):
    with sown(office, SEED, UNDO):
        status, out, _ = office.run()
        again = office.run()[1]

    assert status == 1
    assert "year_differs lot 1/277: Our database gives the lot another planting year" in out
    assert "database: 2020; chain: 2019." in out
    assert "for the operator: Correct the database" in out
    assert "1 difference: 1 new, 0 resolved" in out
    assert "1 difference: 0 new, 0 resolved" in again
    assert "0 differences: 0 new, 1 resolved" in office.run()[1]


def test_more_than_are_printed_are_not_passed_over_in_silence(office, tmp_path, monkeypatch):
    monkeypatch.setattr(reconcile, "_MOST", 1)
    path = tmp_path / "open.jsonl"
    with sown(office, SEED, UNDO):
        assert "these are the oldest" not in office.run()[1]
        with sown(office, SEED.replace("year", "capacity"), UNDO.replace("year", "capacity")):
            status, out, _ = office.run("--export", str(path))
    assert (status, out.count(" lot 1/277: ")) == (1, 1)
    assert "2 differences" in out
    assert "these are the oldest 1; --export FILE writes all that are open" in out
    assert len(READERS["jsonl"](path)) == 2


def _csv(path: Path) -> list[dict]:
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


READERS: dict[str, Callable[[Path], list[dict]]] = {
    "csv": _csv,
    "jsonl": lambda path: [json.loads(line) for line in path.read_text().splitlines()],
    "parquet": lambda path: pq.read_table(path).to_pylist(),
}


@pytest.mark.parametrize("form", READERS)
def test_all_that_is_open_is_written_in_the_form_of_the_files_ending(office, tmp_path, form):
    path = tmp_path / f"open.{form}"
    with sown(office, SEED, UNDO):
        assert office.run("--export", str(path))[0] == 1

    [row] = READERS[form](path)
    assert (row["case"], row["kind"], row["programme"]) == (
        "LOT_YEAR",
        "year_differs",
        "ANT_FOREST",
    )
    assert [child.name for child in tmp_path.iterdir()] == [path.name]


def test_counts_are_brought_in_a_file(office: Office, tmp_path: Path):
    path = tmp_path / "counts.csv"
    path.write_text("lot,accepted\nANT_FOREST-277,149999\n")
    status, out, _ = office.run("--accepted", str(path))
    assert status == 1
    assert "count_differs lot 1/277" in out

    path.write_text("lot,accepted\nANT_FOREST-277,150000\n")
    assert office.run("--accepted", str(path))[0] == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--accepted", "{}/none.csv"], "TR504"),
        (["--accepted", "{}/bad.csv"], "TR504"),
        (["--export", "{}/open.xlsx"], "TR403"),
        (["--export", "{}/nowhere/open.csv"], "TR403"),
    ],
)
def test_what_cannot_be_read_or_written_ends_with_two(office, tmp_path, words, why):
    (tmp_path / "bad.csv").write_text("lot,accepted\nA,many\n")
    status, out, err = office.run(*[word.format(tmp_path) for word in words])
    assert (status, out) == (2, "")
    assert err.startswith(f"treering reconcile: UNKNOWN {why}")


def test_a_file_that_cannot_be_written_ends_with_two(office: Office, tmp_path: Path):
    (tmp_path / "open.csv").mkdir()
    status, _, err = office.run("--export", str(tmp_path / "open.csv"))
    assert (status, "UNKNOWN" in err) == (2, True)


def by_main(town: Town, monkeypatch, capsys, **environ: str) -> tuple[int, str, str]:
    for name, value in (town.environ | environ).items():
        monkeypatch.setenv(name, value)
    status = main.main(["reconcile"])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_a_silent_node_ends_with_two_and_says_unknown(office, monkeypatch, capsys):
    away = f"http://127.0.0.1:{free_port()}"
    status, out, err = by_main(office.town, monkeypatch, capsys, TREERING_RPC_URL=away)
    assert (status, out) == (2, "")
    assert "UNKNOWN TR101" in err
    assert office.town.parts.registrar.reconciled().tried.failure.startswith("TR101")


def test_a_stale_mirror_ends_with_two_and_says_unknown(office, monkeypatch, capsys):
    old = "UPDATE mirror_heads SET head_time = head_time {0} interval '3 days', "
    old += "first_head_time = first_head_time {0} interval '3 days'"
    office.sql(old.format("-"))
    try:
        status, out, err = by_main(office.town, monkeypatch, capsys)
    finally:
        office.sql(old.format("+"))
    assert (status, out) == (2, "")
    assert "UNKNOWN TR216" in err


def test_the_command_is_the_same(office, monkeypatch, capsys):
    status, out, _ = by_main(office.town, monkeypatch, capsys)
    assert (status, "0 differences" in out) == (0, True)
