"""treering log: administrative acts and looks at what is personal, chained one to the other.

`verify` reads the whole log and names the first entry that is wrong, also against what the ledger
holds of it; `export` writes it as JSON lines; `anchor` puts its head on the ledger.
Exit status: 0 whole, 1 broken.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from treering.domain.deed import Head
from treering.errors import LogBroken


@dataclass(frozen=True, slots=True)
class Doings:
    """`held` asks the ledger for the log's head, `exported` gives lines behind a number."""

    verified: Callable[[Head | None], Head]
    held: Callable[[], Head]
    exported: Callable[[int], Iterator[str]]
    anchored: Callable[[], Head]


def main(argv: Sequence[str], doings: Doings, out: TextIO = sys.stdout) -> int:
    options = parser().parse_args(argv)
    try:
        match options.act:
            case "verify":
                held = None if options.no_chain else doings.held()
                _tell(doings.verified(held), out, anchored=held.size if held else None)
            case "anchor":
                _tell(doings.anchored(), out)
            case _:
                for line in doings.exported(options.after):
                    print(line, file=out)
    except LogBroken as broken:
        print(f"treering log: {broken.code} {broken}", file=sys.stderr)
        return 1
    return 0


def _tell(head: Head, out: TextIO, **more: object) -> None:
    print(json.dumps({"entries": head.size, "head": head.hash.hex(), **more}), file=out)


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="treering log", description=__doc__)
    acts = words.add_subparsers(dest="act", required=True)
    verify = acts.add_parser("verify")
    verify.add_argument("--no-chain", action="store_true", help="ask no node for the head")
    acts.add_parser("anchor")
    export = acts.add_parser("export")
    export.add_argument("--after", type=int, default=0, help="only entries behind this number")
    return words
