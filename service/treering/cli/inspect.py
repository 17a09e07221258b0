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
from treering.errors import ChainUnavailable, TreeringError
from treering.flow.inspecting.inspect import Finding, Signed, finding_of


@dataclass(frozen=True, slots=True)
class Doings:
    """`sign` signs under the key of a name; `submit` and `relay` bring it to the contract."""

    sign: Callable[[Finding, str], Signed]
    submit: Callable[[Signed], bytes]
    relay: Callable[[], object]
    state_of: Callable[[bytes], tuple[str, str | None]]


def main(argv: Sequence[str], doings: Doings, out: TextIO = sys.stdout) -> int:
    options = _parser().parse_args(argv)
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
        found = Finding(
            lot=options.lot,
            stage=Stage[options.stage],
            count=options.count,
            inspected_on=options.inspected_on,
            report=bytes.fromhex(options.report.removeprefix("0x")),
        )
    signed = doings.sign(found, options.key)
    answer: dict[str, Any] = {
        "message": signed.message,
        "inspector": signed.inspector,
        "signature": "0x" + signed.signature.hex(),
    }
    print(json.dumps(answer | ({"sheet": sheet} if sheet else {}), indent=1), file=out)
    return 0


def _submit(options: argparse.Namespace, doings: Doings, out: TextIO) -> int:
    told = json.loads(options.file.read_text("utf-8"))
    signed = Signed(
        message=told["message"],
        inspector=told["inspector"],
        signature=bytes.fromhex(told["signature"].removeprefix("0x")),
        sheet=told.get("sheet"),
    )
    id_ = doings.submit(signed)
    doings.relay()
    state, why = doings.state_of(id_)
    print(json.dumps({"id": "0x" + id_.hex(), "state": state, "why": why}), file=out)
    return 0 if state == "stated" else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering inspect", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    sign = verbs.add_parser("sign", help="writes the signed statement as JSON")
    sign.add_argument("--key", required=True, help="the name of the keystore")
    sign.add_argument("--sheet", type=Path, help="the inspection's sheet, which tells the rest")
    sign.add_argument("--lot", help="such as ANT_FOREST-277")
    sign.add_argument("--stage", choices=[stage.name for stage in Stage])
    sign.add_argument("--count", type=int)
    sign.add_argument("--inspected-on", type=date.fromisoformat, metavar="YYYY-MM-DD")
    sign.add_argument("--report", help="the report's hash, 64 hexadecimal digits")
    submit = verbs.add_parser("submit", help="brings it to the contract; anybody may")
    submit.add_argument("file", type=Path, metavar="FILE")
    return parser
