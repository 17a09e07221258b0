"""treering certificate: write a certificate to a file, as its page offers it, or the holder's
own copy, which says whose it is.

Exit status: 0 written, 1 refused.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from treering.domain.own import PARTS, Asked
from treering.errors import TreeringError


@dataclass(frozen=True, slots=True)
class Counter:
    """Each gives the certificate of a number, and raises the refusals of its route."""

    credential: Callable[[str], dict[str, Any]]
    pdf: Callable[[str], bytes]
    own: Callable[[str, Asked], dict[str, Any]]


def main(argv: Sequence[str], counter: Counter, out: TextIO = sys.stdout) -> int:
    options = parser().parse_args(argv)
    try:
        if options.pdf:
            options.pdf.write_bytes(counter.pdf(options.number))
        else:
            print(json.dumps(_document(options, counter), ensure_ascii=False), file=out)
    except TreeringError as refusal:
        print(f"treering certificate: {refusal.code} {refusal}", file=sys.stderr)
        return 1
    return 0


def _document(options: argparse.Namespace, counter: Counter) -> dict[str, Any]:
    if not options.own:
        return counter.credential(options.number)
    asked = Asked(
        holder=options.holder, name=options.name, made_for=options.made_for, parts=options.open
    )
    return counter.own(options.number, asked)


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(text.split(",")) if text else ()
    if not set(parts) <= set(PARTS):
        raise argparse.ArgumentTypeError(f"{text!r} is not of {', '.join(PARTS)}")
    return parts


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="treering certificate", description=__doc__)
    words.add_argument("number", metavar="NUMBER")
    words.add_argument(
        "--pdf", type=Path, metavar="FILE", help="the signed page; without it, the credential"
    )
    own = words.add_argument_group("the holder's own copy")
    own.add_argument("--own", action="store_true", help="with --holder, and --name to open it")
    own.add_argument("--holder", metavar="ID", default="", help="the programme's reference to him")
    own.add_argument("--name", help="as he told the programme")
    own.add_argument(
        "--for", dest="made_for", default="", help="the word of whoever will look, signed with it"
    )
    own.add_argument("--open", type=_parts, default=PARTS, metavar="id,name", help="what to open")
    return words
