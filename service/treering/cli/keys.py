"""treering keys: make what is missing, and let operators and programmes in.

`make` makes the keys of every programme of the database that have no file yet, and says which
address to grant what to. `operator` makes an operator's key, `programme CODE` an API key of a
programme, and each is shown this once; a programme may have several, so that one can take the
place of another. `revoke` reads a key from standard input and closes every door to it.
"""

import argparse
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Doings:
    """What the command does: `make` gives (name, address or public key) of each key."""

    make: Callable[[], Sequence[tuple[str, str]]]
    admit: Callable[[str], object]
    admit_programme: Callable[[str, str], object]  # code, key
    revoke: Callable[[str], bool]


def main(argv: Sequence[str], doings: Doings, keyboard: TextIO | None = None) -> int:
    options = _parser().parse_args(argv)
    match options.act:
        case "make":
            for name, address in doings.make():
                print(f"{name}  {address}")
        case "operator":
            key = "op_" + secrets.token_hex(32)
            doings.admit(key)
            print(key)
        case "programme":
            key = "tr_" + secrets.token_hex(32)
            doings.admit_programme(options.code, key)
            print(key)
        case _:
            key = (keyboard or sys.stdin).readline().strip()
            if not doings.revoke(key):
                print("treering keys: no living key", file=sys.stderr)
                return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering keys", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    for act in ("make", "operator", "revoke"):
        acts.add_parser(act)
    acts.add_parser("programme").add_argument("code", metavar="CODE", help="such as ANT_FOREST")
    return parser
