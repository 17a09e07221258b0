"""treering load: redeem from a file of any length, or from standard input with "-".

JSON lines, CSV with a line of columns, or Parquet; the first two may be packed with gzip.
The file has one Idempotency-Key: what was cut short is simply loaded again and goes on where
it stopped. Refused lines are told with their reasons and stop no other line.
Exit status: 0 all redeemed, 1 some refused, 2 it could not be loaded to its end.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO, TextIO

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from treering.cli.once import key
from treering.domain.load import Outcome, Tally
from treering.errors import TreeringError
from treering.intake.formats import Format

Answers = Sequence[tuple[int, Outcome]]
Load = Callable[[str, str, Format, BinaryIO], Iterator[Answers]]  # programme code, key first
_EVERY_SECONDS = 5.0
_AGAIN = "load it again under the same key and it goes on from there"


def main(
    argv: Sequence[str], load: Load, out: TextIO = sys.stdout, err: TextIO = sys.stderr
) -> int:
    options = parser().parse_args(argv)
    tally = Tally()
    with ExitStack() as opened:
        file = opened.enter_context(_opened(options.file))
        refusals = _Refusals(options.report, err, opened)
        progress = opened.enter_context(_progress(err))
        kind = options.format or Format.of_name(options.file)
        try:
            for answers in load(options.programme, options.key, kind, file):
                tally.add(answers)
                refusals.tell(answers)
                progress(tally)
        except BaseException:  # also of a person who had enough
            if tally.line:
                print(f"stopped after {_described(tally)}; {_AGAIN}", file=err)
            raise
    print(f"{tally.granted} redeemed, {tally.refused} refused", file=out)
    return 1 if tally.refused else 0


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="treering load", description=__doc__)
    words.add_argument("file", metavar="FILE|-")
    words.add_argument("--programme", required=True, help="such as ANT_FOREST")
    words.add_argument("--key", type=key, required=True, help="Idempotency-Key of the whole file")
    words.add_argument("--format", type=Format, choices=list(Format), help="else by its name")
    words.add_argument("--report", metavar="FILE", help="refused lines, one JSON object each")
    return words


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
    else:
        with open(name, "rb") as file:  # noqa: PTH123 - a file or a pipe, as it comes
            yield file


@dataclass(slots=True)
class _Refusals:
    """Told on `err`, or written to a report that exists only if something was refused."""

    report: str | None
    err: TextIO
    opened: ExitStack
    _written: TextIO | None = field(default=None, init=False)

    def tell(self, answers: Answers) -> None:
        for line, refusal in answers:
            if isinstance(refusal, TreeringError):
                if self.report is None:
                    print(f"line {line}: {refusal.code} {refusal}", file=self.err)
                else:
                    self._write(self.report, line, refusal)

    def _write(self, report: str, line: int, refusal: TreeringError) -> None:
        if self._written is None:
            file = open(report, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - closed by `opened`
            self._written = self.opened.enter_context(file)
        row = {"line": line, "code": refusal.code, "reason": str(refusal)}
        print(json.dumps(row, ensure_ascii=False), file=self._written)


@contextmanager
def _progress(err: TextIO) -> Iterator[Callable[[Tally], None]]:
    """A living line on a terminal; else a plain one every few seconds."""
    if not err.isatty():
        yield _Plain(err)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=err), transient=True) as progress:
        task = progress.add_task("reading")
        yield lambda tally: progress.update(task, description=_described(tally))


@dataclass(slots=True)
class _Plain:
    err: TextIO
    told_at: float = field(default_factory=time.monotonic)

    def __call__(self, tally: Tally) -> None:
        if time.monotonic() - self.told_at >= _EVERY_SECONDS:
            self.told_at = time.monotonic()
            print(_described(tally), file=self.err, flush=True)


def _described(tally: Tally) -> str:
    before = f" ({tally.replayed:,} of them before)" if tally.replayed else ""
    return f"line {tally.line:,}: {tally.granted:,} redeemed{before}, {tally.refused:,} refused"
