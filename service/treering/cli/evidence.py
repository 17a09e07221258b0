"""treering evidence: add a report or picture to a lot, or read again all that is kept.

Exit status: 0 added, or all files whole; 1 refused, or something is lost; 2 the store is silent.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from treering.domain.exhibit import Told
from treering.domain.ground import Exhibit
from treering.errors import StoreUnavailable, TreeringError


@dataclass(frozen=True, slots=True)
class Doings:
    """`check` gives each file's hash, and why it is lost or None."""

    add: Callable[[str, bytes, Told], Exhibit]
    check: Callable[[], Sequence[tuple[bytes, str | None]]]


def main(argv: Sequence[str], doings: Doings, out: TextIO = sys.stdout) -> int:
    options = parser().parse_args(argv)
    try:
        if options.verb == "add":
            return _add(options, doings, out)
        return _check(doings, out)
    except StoreUnavailable as error:
        print(f"treering evidence: {error.code} {error}", file=sys.stderr)
        return 2
    except TreeringError as refusal:
        print(f"treering evidence: {refusal.code} {refusal}", file=sys.stderr)
        return 1


def _add(options: argparse.Namespace, doings: Doings, out: TextIO) -> int:
    told = Told(
        kind=options.kind,
        party=options.party,
        taken_on=options.taken_on,
        caption_en=options.caption_en,
        caption_zh=options.caption_zh or options.caption_en,
        standing=options.standing,
        source=options.source,
    )
    added = doings.add(options.lot, options.file.read_bytes(), told)
    answer = {"lot": added.lot, "hash": added.hash.hex(), "received": added.received.hex()}
    print(json.dumps(answer), file=out)
    return 0


def _check(doings: Doings, out: TextIO) -> int:
    found = doings.check()
    for hash_, why in found:
        if why:
            print(f"LOST  {hash_.hex()}  {why}", file=out)
    lost = sum(why is not None for _, why in found)
    print(f"{len(found)} files read, {lost} lost", file=out)
    return 1 if lost else 0


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="treering evidence", description=__doc__)
    verbs = words.add_subparsers(dest="verb", required=True)
    verbs.add_parser("check", help="read every file again and hold it against its hash")
    add = verbs.add_parser("add", help="keep a file as evidence of a lot, cleaned")
    add.add_argument("lot", metavar="LOT", help="such as ANT_FOREST-277")
    add.add_argument("file", type=Path, metavar="FILE", help="JPEG, PNG, WebP or PDF")
    add.add_argument("--kind", required=True, choices=["REPORT", "PHOTO", "DRONE", "SATELLITE"])
    add.add_argument("--party", help="the code of whom it is from")
    add.add_argument("--taken-on", help="2019-12-31, 2019-12 or 2019, if the file does not tell")
    add.add_argument("--caption-en", required=True)
    add.add_argument("--caption-zh")
    add.add_argument("--source", required=True, help="where it is from, in words")
    standings = ["reported", "weakly reported", "derived", "placeholder"]
    add.add_argument("--standing", choices=standings, default="reported")
    return words
