"""treering keys: make what is missing, and let people and programmes in.

`make` makes the key files of every programme of the database that have none yet, and says which
address to grant what to. The roles (`operator`, `programme CODE`, `regulator`, `auditor`,
`inspector`) make an API key, which is shown this once. `rotate MARK` makes another that opens
the same; both open until the old one ends. `list` shows all, by their marks. `revoke MARK`
closes every door to one; without a mark it reads the key itself from standard input.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TextIO

from treering.domain.role import Role, Scope
from treering.errors import KeyNotFound
from treering.flow.admitting.keybook import CONSOLE, Keybook, Terms
from treering.store.api_keys import HeldKey

_MOMENTS = ("created_at", "last_used_at", "expires_at", "revoked_at")


@dataclass(frozen=True, slots=True)
class Doings:
    """What the command does: `make` gives (name, address or public key) of each key file."""

    make: Callable[[], Sequence[tuple[str, str]]]
    keybook: Keybook


def main(argv: Sequence[str], doings: Doings, keyboard: TextIO | None = None) -> int:
    options = parser().parse_args(argv)
    ring = doings.keybook
    match options.act:
        case "make":
            for name, address in doings.make():
                print(f"{name}  {address}")
        case "list":
            for held in ring.all():
                print(json.dumps(_row(held), ensure_ascii=False))
        case "rotate":
            overlap = timedelta(days=options.overlap_days)
            print(ring.rotate(CONSOLE, options.mark, overlap, options.why))
        case "revoke":
            key = options.mark or (keyboard or sys.stdin).readline().strip()
            return _revoked(ring, key, options.why)
        case _:
            print(ring.issue(CONSOLE, _terms(options), options.why))
    return 0


def _revoked(ring: Keybook, key: str, why: str) -> int:
    try:
        ring.revoke(CONSOLE, key, why)
    except KeyNotFound:
        print("treering keys: no living key", file=sys.stderr)
        return 1
    return 0


def _terms(options: argparse.Namespace) -> Terms:
    return Terms(
        role=Role(options.act),
        programme=getattr(options, "code", None),
        provinces=getattr(options, "province", None),
        scopes=getattr(options, "scope", None),
        purpose=options.purpose,
    )


def _row(held: HeldKey) -> dict[str, object]:
    moments = {name: getattr(held, name) for name in _MOMENTS}
    return {
        "mark": held.mark,
        "role": held.role,
        "programme": held.programme,
        "provinces": None if held.provinces is None else sorted(held.provinces),
        "scopes": None if held.scopes is None else sorted(held.scopes),
        "purpose": held.purpose,
        **{name: at.isoformat(timespec="seconds") if at else None for name, at in moments.items()},
    }


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="treering keys", description=__doc__)
    acts = words.add_subparsers(dest="act", required=True)
    acts.add_parser("make")
    acts.add_parser("list")
    for role in Role:
        made = acts.add_parser(role)
        made.add_argument("--purpose", default="", help="what it is for; no person's name")
        made.add_argument("--why", default="", help="for the log")
        if role is Role.PROGRAMME:
            made.add_argument("code", metavar="CODE", help="such as ANT_FOREST")
            made.add_argument(
                "--scope",
                action="append",
                type=Scope,
                choices=list(Scope),
                help="what it is for; all, if none is given",
            )
        if role is Role.REGULATOR:
            made.add_argument("--province", action="append", help="adcode; all, if none is given")
    rotate, revoke = acts.add_parser("rotate"), acts.add_parser("revoke")
    rotate.add_argument("mark", metavar="MARK", help="as `list` shows it, or its beginning")
    rotate.add_argument("--overlap-days", type=float, default=7.0, help="until the old one ends")
    revoke.add_argument("mark", metavar="MARK", nargs="?")
    for act in (rotate, revoke):
        act.add_argument("--why", default="", help="for the log")
    return words
