"""treering load: redeem from a file of JSON lines, or from standard input with "-".

Line n is redeemed under the key "<key>:<n>", so a file that was cut short is simply loaded
again. Refused lines are told with their reasons. Exit status: 0 all redeemed, 1 some refused.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from rich.console import Console
from rich.progress import track

from treering.domain import wishes
from treering.domain.redemption import Wish
from treering.errors import TreeringError

Redeem = Callable[[str, str, Wish], object]  # programme code, key, wish


def main(
    argv: Sequence[str], redeem: Redeem, out: TextIO = sys.stdout, err: TextIO = sys.stderr
) -> int:
    options = _parser().parse_args(argv)
    granted = refused = 0
    with _opened(options.file) as lines:
        shown = track(lines, "redeeming", console=Console(file=err), transient=True)
        for line_number, line in enumerate(shown, start=1):
            if not line.strip():
                continue
            try:
                redeem(options.programme, f"{options.key}:{line_number}", wishes.read(line))
                granted += 1
            except TreeringError as refusal:
                print(f"line {line_number}: {refusal.code} {refusal}", file=err)
                refused += 1
    print(f"{granted} redeemed, {refused} refused", file=out)
    return 1 if refused else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering load", description=__doc__)
    parser.add_argument("file", metavar="FILE|-")
    parser.add_argument("--programme", required=True, help="such as ANT_FOREST")
    parser.add_argument("--key", required=True, help="Idempotency-Key of the whole file")
    return parser


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
    else:
        with open(name, "rb") as file:  # noqa: PTH123 - a file or a pipe, as it comes
            yield file
