"""treering rules: load, list, replay."""

from io import StringIO
from pathlib import Path
from uuid import UUID

from treering.cli import rules
from treering.cli.rules import Book
from treering.flow.exchanging.rulebook import Differs
from treering.flow.parts import Parts
from treering.store.example import conversion_rules


def run(parts: Parts, *words: str) -> tuple[int, str]:
    out = StringIO()
    book = parts.rulebook
    doings = Book(book.load, lambda: book.standing(book.today()), book.replay)
    return rules.main(words, doings, out), out.getvalue()


def test_rules_are_listed_loaded_and_replayed(town, tmp_path: Path, capsys):
    head, *lines = conversion_rules().splitlines()
    status, listed = run(town.parts, "list")
    assert (status, listed.count("\n")) == (0, len(lines))
    assert "110000  F1  3 M2_ROOF_OR_WALL" in listed
    assert "placeholder" in listed
    file = tmp_path / "rules.csv"
    file.write_text(f"{head}\n{lines[0].replace('2018-01-01', '2999-01-01')}\n", "utf-8")
    assert run(town.parts, "load", str(file)) == (0, "1 rules loaded\n")
    assert run(town.parts, "load", str(file)) == (0, "0 rules loaded\n")
    file.write_text(f"{head}\n{lines[0].replace('2018-01-01', '2018-02-01')}\n", "utf-8")
    assert run(town.parts, "load", str(file)) == (1, "")
    assert capsys.readouterr().err.startswith("treering rules: TR243 another rule would hold on")
    file.write_bytes(b"\xff\xfe")
    assert run(town.parts, "load", str(file)) == (1, "")
    assert "TR242" in capsys.readouterr().err
    status, told = run(town.parts, "replay")
    assert (status, told.splitlines()[-1].partition(" ")[2]) == (
        0,
        "decisions made again, 0 come out otherwise",
    )


def test_a_decision_that_comes_out_otherwise_is_named_and_fails(capsys):
    out = StringIO()
    book = Book(lambda _: 0, list, lambda: (2, [Differs(UUID(int=1), "by another rule")]))
    assert rules.main(["replay"], book, out) == 1
    assert "00000001: by another rule" in out.getvalue()
