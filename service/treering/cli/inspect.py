"""treering inspect: sign a statement with an inspector's own key, or bring one to the contract.

Exit status: 0 signed or on chain, 1 refused, 2 a node could not be reached.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from treering.domain import inspection
from treering.domain.stage import Stage
from treering.errors import ChainUnavailable, StatementRefused, TreeringError
from treering.flow.inspecting.brought import signed_of
from treering.flow.inspecting.inspect import Finding, Signed, finding_of


@dataclass(frozen=True, slots=True)
class Doings:
    """`sign` signs under the key of a name; `submit` and `relay` bring it to the contract."""

    sign: Callable[[Finding, str], Signed]
    submit: Callable[[Signed], bytes]
    relay: Callable[[], object]
    state_of: Callable[[bytes], tuple[str, str | None]]


def main(argv: Sequence[str], doings: Doings, out: TextIO = sys.stdout) -> int:
    options = parser().parse_args(argv)
    try:
        return (_sign if options.verb == "sign" else _submit)(options, doings, out)
    except ChainUnavailable as error:
        print(f"treering inspect: {error.code} {error}", file=sys.stderr)
        return 2
    except TreeringError as refusal:
        print(f"treering inspect: {refusal.code} {refusal}", file=sys.stderr)
        return 1


def _sign(options: argparse.Namespace, doings: Doings, out: TextIO) -> int:
    sheet: dict[str, Any] | None = None
    if options.sheet:
        told = inspection.read(options.sheet.read_bytes())
        sheet, found = told.document(), finding_of(told)
    else:
        found = _finding(options)
    signed = doings.sign(found, options.key)
    answer: dict[str, Any] = {
        "message": signed.message,
        "inspector": signed.inspector,
        "signature": "0x" + signed.signature.hex(),
    }
    print(json.dumps(answer | ({"sheet": sheet} if sheet else {}), indent=1), file=out)
    return 0


def _finding(options: argparse.Namespace) -> Finding:
    """StatementRefused for half of one."""
    named = ("lot", "stage", "count", "inspected_on", "report")
    told = {name: getattr(options, name) for name in named}
    if missing := [f"--{name.replace('_', '-')}" for name in named if told[name] is None]:
        raise StatementRefused(f"give a --sheet, or {', '.join(missing)} as well")
    return Finding(**{**told, "stage": Stage[told["stage"]]})


def _hash(text: str) -> bytes:
    try:
        found = bytes.fromhex(text.removeprefix("0x"))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if len(found) != 32:
        raise argparse.ArgumentTypeError("a hash has 64 hexadecimal digits")
    return found


def _submit(options: argparse.Namespace, doings: Doings, out: TextIO) -> int:
    id_ = doings.submit(signed_of(options.file.read_bytes()))
    doings.relay()
    state, why = doings.state_of(id_)
    print(json.dumps({"id": "0x" + id_.hex(), "state": state, "why": why}), file=out)
    return 0 if state == "stated" else 1


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="treering inspect", description=__doc__)
    verbs = words.add_subparsers(dest="verb", required=True)
    sign = verbs.add_parser("sign", help="writes the signed statement as JSON")
    sign.add_argument("--key", required=True, help="the name of the keystore")
    sign.add_argument("--sheet", type=Path, help="the inspection's sheet, which tells the rest")
    sign.add_argument("--lot", help="such as ANT_FOREST-277")
    sign.add_argument("--stage", choices=[stage.name for stage in Stage])
    sign.add_argument("--count", type=int)
    sign.add_argument("--inspected-on", type=date.fromisoformat, metavar="YYYY-MM-DD")
    sign.add_argument("--report", type=_hash, help="the report's hash, 64 hexadecimal digits")
    submit = verbs.add_parser("submit", help="brings it to the contract; anybody may")
    submit.add_argument("file", type=Path, metavar="FILE")
    return words
