"""Each row of the list of faults is played by a test that bears its number, where it is told."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = ROOT / "tests/faults/README.md"
ROWS = [f"F{n:02d}" for n in (*range(1, 18), *range(20, 37), *range(40, 74))]
ROWS += [f"F37{letter}" for letter in "abcdefghijklmnop"]


@cache
def played(path: Path) -> frozenset[str]:
    """The rows that a module's tests bear, in their names or as the ids of their parameters."""
    source = path.read_text("utf-8")
    named = re.findall(r"def test_(f\d\d[a-p]?)_(?:to_(f\d\d)_)?", source)
    rows = {row for pair in named for row in span(*pair)}
    return frozenset(rows | set(re.findall(r'id="(F\d\d[a-p]?)[ "-]', source)))


def span(first: str, last: str) -> list[str]:
    """f37c: F37c; f04 and f07: F04 to F07."""
    if not last:
        return ["F" + first[1:]]
    return [f"F{n:02d}" for n in range(int(first[1:]), int(last[1:]) + 1)]


def told() -> dict[str, list[Path]]:
    """The modules that README.md names for each row."""
    found: dict[str, list[Path]] = {}
    lines = re.findall(r"^\| (F\d[^|]*) \| ([^|]*) \|", README.read_text("utf-8"), re.MULTILINE)
    for rows, where in lines:
        modules = [_module(name) for name in re.findall(r"`([\w/]+\.py)`", where)]
        for row in rows.split(", "):
            found[row] = modules
    return found


def _module(name: str) -> Path:
    return ROOT / name if name.startswith("tests/") else README.parent / name


def test_every_row_is_told_and_no_other():
    assert sorted(told()) == sorted(ROWS)


@pytest.mark.parametrize("row", ROWS)
def test_each_row_is_played_where_it_is_told_to_be(row):
    for module in told()[row]:
        assert row in played(module), module.name
    assert told()[row]
