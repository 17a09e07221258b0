"""treering audit: count everything again from the chain alone, and hold the contract to it.

Needs a node's address and a contract's; no database and no service of ours.
Exit status: 0 the recount agrees, 1 it differs, 2 it could not be made.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TextIO

from eth_utils.address import is_checksum_address, is_hex_address

from treering.chain.node import Node
from treering.cli.audit_tables import show
from treering.cli.progress import bar
from treering.errors import ReportNotWritten, TreeringError
from treering.flow.audit import audit
from treering.flow.audit_report import AuditReport

_TIMEOUT_SECONDS = 30.0  # providers take their time over logs
_MAX_BYTES = 64 << 20  # of one answer: more is asked for in smaller parts


def main(argv: Sequence[str], out: TextIO = sys.stdout, err: TextIO = sys.stderr) -> int:
    options = _parser().parse_args(argv)
    try:
        report = _audited(options, err)
        document = json.dumps(report.document(), indent=2)
        if options.report:
            _write(options.report, document + "\n")
    except TreeringError as error:
        title = (type(error).__doc__ or "").strip()
        print(f"treering audit: {error.code} {title} {error}", file=err)
        return 2
    if options.json:
        print(document, file=out)
    else:
        show(report, out)
    return 0 if report.agrees else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering audit", description=__doc__)
    parser.add_argument("--rpc", required=True, metavar="URL", help="an Ethereum node")
    parser.add_argument("--contract", required=True, type=_address, metavar="ADDRESS")
    parser.add_argument(
        "--block", type=_block, default="finalized", metavar="N", help="default: the newest final"
    )
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the report as JSON")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    return parser


def _address(text: str) -> str:
    """Lower case; an address in mixed case carries a check (EIP-55), which must hold."""
    one_case = text[2:] in {text[2:].lower(), text[2:].upper()}
    mistyped = not (one_case or is_checksum_address(text))
    if not text.startswith("0x") or not is_hex_address(text) or mistyped:
        raise argparse.ArgumentTypeError(f"{text!r} is not an address, or is mistyped")
    return text.lower()


def _block(text: str) -> int | str:
    if text in {"finalized", "safe", "latest"}:
        return text
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a block number")
    return int(text)


def _audited(options: argparse.Namespace, err: TextIO) -> AuditReport:
    if options.report and not options.report.parent.is_dir():
        raise ReportNotWritten(f"there is no folder {options.report.parent}")
    node = Node(options.rpc, timeout_seconds=_TIMEOUT_SECONDS, max_bytes=_MAX_BYTES)
    with closing(node), bar(err) as watch:
        return audit(node, options.contract, options.block, watch)


def _write(path: Path, text: str) -> None:
    """The whole report or none: written beside, then renamed."""
    beside = path.with_name(path.name + ".new")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(path)
    except OSError as error:
        raise ReportNotWritten(f"{path}: {error.strerror}") from error
