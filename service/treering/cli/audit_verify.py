"""treering audit verify-report: is this report whole, whose is it, and does it come out again?

Without --rpc only the signature is checked; with it, the audit is made again at the same block
and compared part by part; the sample of a field visit is drawn again. Exit status: 0 it holds,
1 it does not, 2 nobody could tell.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from treering.cli import audit_parts as parts
from treering.cli.progress import bar
from treering.errors import AuditReportUnreadable, TreeringError
from treering.flow.auditing import sampling
from treering.flow.auditing.audit import Manner
from treering.flow.auditing.rooter import Rooters
from treering.flow.auditing.seal import differing, order_of, ordered, read


def main(argv: Sequence[str], out: TextIO = sys.stdout, err: TextIO = sys.stderr) -> int:
    options = _parser().parse_args(argv)
    try:
        document, key = read(options.file)
    except AuditReportUnreadable as error:
        parts.refused("audit verify-report", error, err)
        return 1
    print(f"signed by {key.multikey}; nothing was changed since", file=out)
    if options.key and options.key != key.multikey:
        print(f"that is another key than {options.key}", file=out)
        return 1
    if not options.rpc:
        print("the signature alone was checked: give --rpc to make it again", file=out)
        return 0
    try:
        differs = _again(document, options, err)
    except TreeringError as error:
        return parts.refused("audit verify-report", error, err)
    if differs:
        print(f"made again, it differs in: {', '.join(differs)}", file=out)
        return 1
    print("made again, it is the same", file=out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering audit verify-report", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--rpc", action="append", metavar="URL", help="make the report again")
    parser.add_argument("--key", metavar="z6Mk…", help="the auditor's, from elsewhere")
    parser.add_argument("--processes", type=parts.cores, default=parts.all_cores(), metavar="N")
    return parser


def _again(document: dict[str, Any], options: argparse.Namespace, err: TextIO) -> list[str]:
    """The parts that differ."""
    rooters = Rooters(options.processes)
    with parts.nodes(options.rpc) as nodes, bar(err) as watch:
        if document.get("format") == sampling.DRAWN:
            again = sampling.drawn(nodes[0], document["announcement"], watch, rooters)
            return sorted(n for n in document.keys() | again if document.get(n) != again.get(n))
        order, transactions = order_of(document)
        manner = Manner(others=nodes[1:], transactions=transactions, rooters=rooters)
        report, _ = ordered(nodes[0], order, watch, manner)
    return differing(document, report.document())
