"""treering keys: make what is missing, and let operators in.

`make` makes the keys of every programme of the database that have no file yet, and says which
address to grant what to. `operator` makes an operator's key and shows it this once; `revoke`
reads a key from standard input and closes every door to it.
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
    revoke: Callable[[str], bool]


def main(argv: Sequence[str], doings: Doings, keyboard: TextIO | None = None) -> int:
    match _parser().parse_args(argv).act:
        case "make":
            for name, address in doings.make():
                print(f"{name}  {address}")
        case "operator":
            key = "op_" + secrets.token_hex(32)
            doings.admit(key)
            print(key)
        case _:
            key = (keyboard or sys.stdin).readline().strip()
            if not doings.revoke(key):
                print("treering keys: no living key", file=sys.stderr)
                return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering keys", description=__doc__)
    parser.add_argument("act", choices=["make", "operator", "revoke"])
    return parser
