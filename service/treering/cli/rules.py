"""treering rules: load FILE | list | replay.

`load` takes a CSV of rules whole or not at all: what it changes begins tomorrow or later.
`list` shows those in force today, `replay` makes every decision again.
Exit status: 0 done, or all come out as they were made; 1 refused, or some come out otherwise.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from treering.domain.rules import Rule
from treering.errors import RulesAlterPast, RulesUnreadable
from treering.flow.exchanging.rulebook import Differs


@dataclass(frozen=True, slots=True)
class Book:
    """What the command does."""

    load: Callable[[str], int]
    today: Callable[[], Sequence[Rule]]
    replay: Callable[[], tuple[int, list[Differs]]]


def main(argv: Sequence[str], book: Book, out: TextIO = sys.stdout) -> int:
    options = parser().parse_args(argv)
    match options.act:
        case "load":
            return _load(options.file, book, out)
        case "list":
            for rule in book.today():
                print(_line(rule), file=out)
            return 0
        case _:
            return _replay(book, out)


def _load(file: Path, book: Book, out: TextIO) -> int:
    try:
        new = book.load(file.read_text("utf-8"))
    except (RulesUnreadable, RulesAlterPast) as refusal:
        print(f"treering rules: {refusal.code} {refusal}; nothing was loaded", file=sys.stderr)
        return 1
    except UnicodeDecodeError:
        code = RulesUnreadable.code
        print(f"treering rules: {code} {file} is not UTF-8; nothing was loaded", file=sys.stderr)
        return 1
    print(f"{new} rules loaded", file=out)
    return 0


def _line(rule: Rule) -> str:
    quantity = f"{rule.sure_quantity.normalize():f} {rule.unit}"
    counts = f"{rule.trees} trees, {rule.award}"
    return f"{rule.adcode}  {rule.form}  {quantity:<24} {counts:<20} {rule.standing}  {rule.id}"


def _replay(book: Book, out: TextIO) -> int:
    decisions, differ = book.replay()
    for one in differ:
        print(f"exchange {one.exchange}: {one.why}", file=out)
    print(f"{decisions} decisions made again, {len(differ)} come out otherwise", file=out)
    return 1 if differ else 0


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="treering rules", description=__doc__)
    acts = words.add_subparsers(dest="act", required=True)
    acts.add_parser("load").add_argument("file", metavar="FILE", type=Path)
    acts.add_parser("list")
    acts.add_parser("replay")
    return words
