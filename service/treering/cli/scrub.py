"""treering scrub: read all that was kept once more, and name what has rotted.

Changes nothing. Exit status: 0 all is whole, 1 something is damaged, 2 it could not be made.
"""

import argparse
from collections.abc import Callable, Iterable, Sequence
from typing import TextIO

from treering.flow.overseeing.scrub import Damage


def main(
    argv: Sequence[str], damages: Callable[[], Iterable[Damage]], out: TextIO | None = None
) -> int:
    parser().parse_args(argv)
    found = 0
    for damage in damages():
        found += 1
        print(f"{damage.name}: {damage.what}", file=out)
    print("damaged" if found else "whole", file=out)
    return 1 if found else 0


def parser() -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog="treering scrub", description=__doc__)
