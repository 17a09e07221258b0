"""treering audit: count everything again from the chain alone, and hold the contract to it.

Needs a node's address and a contract's; no database and no service of ours. Given twice,
--rpc names two providers that must tell the same. `treering audit verify-report` checks a
report and makes it again; `treering audit sample` draws records for a visit to the field.
Exit status: 0 the recount agrees, 1 it differs, 2 it could not be made.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from treering.cli import audit_parts as parts
from treering.cli import audit_sample, audit_verify
from treering.cli.audit_tables import show
from treering.cli.progress import bar
from treering.domain.registry_head import VerifierKey
from treering.errors import SettingsWrong, TreeringError
from treering.flow.auditing.audit import Manner, Recounted
from treering.flow.auditing.auditor import sealed
from treering.flow.auditing.checkpoint import Checkpoint
from treering.flow.auditing.report import AuditReport
from treering.flow.auditing.rooter import Rooters
from treering.flow.auditing.seal import Order, ordered
from treering.registry.feed import Feed

KEY = "auditor.key"  # beside the report, where no other is named


def main(
    argv: Sequence[str],
    out: TextIO = sys.stdout,
    err: TextIO = sys.stderr,
    *,
    fonts: Path | None = None,
) -> int:
    """`fonts` is the folder of the Chinese font, which only --pdf needs."""
    if argv and argv[0] == "verify-report":
        return audit_verify.main(argv[1:], out, err)
    if argv and argv[0] == "sample":
        return audit_sample.main(argv[1:], out, err)
    options = _parser().parse_args(argv)
    try:
        report, made = _audited(options, err)
        document = report.document()
        _write(options, report, made, fonts)
    except TreeringError as error:
        return parts.refused("audit", error, err)
    if options.json:
        print(parts.as_json(document), file=out)
    else:
        show(report, out)
    return 0 if report.agrees else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering audit", description=__doc__)
    add = parser.add_argument
    add("--rpc", required=True, action="append", metavar="URL", help="twice: both must agree")
    add("--contract", required=True, type=parts.address, metavar="ADDRESS")
    add(
        "--block", type=parts.block, default="finalized", metavar="N", help="default: newest final"
    )
    add("--transactions", action="store_true", help="read each act's transaction, too")
    add("--processes", type=parts.cores, default=parts.all_cores(), metavar="N")
    add("--checkpoint", type=Path, metavar="FILE", help="go on from here if it was cut off")
    add("--accepted", type=Path, metavar="CSV", help="lot,accepted: compare with these counts")
    add("--mirror", metavar="URL", help="compare with this registry's log")
    add("--mirror-key", type=_key, metavar="KEY", help="the log's own: name+id+base64")
    add("--api", metavar="URL", help="compare with what this service shows")
    add("--tables", type=Path, metavar="DIR", help="write Parquet tables")
    add("--report", type=Path, metavar="FILE", help="write the report as JSON, signed")
    add("--pdf", type=Path, metavar="FILE", help="write it as PDF, the signed JSON within")
    add("--key", type=Path, metavar="FILE", help=f"Ed25519, PEM; default {KEY} beside the report")
    add("--json", action="store_true", help="print the report as JSON")
    return parser


def _key(text: str) -> VerifierKey:
    try:
        return VerifierKey.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _audited(options: argparse.Namespace, err: TextIO) -> tuple[AuditReport, Recounted]:
    for path in (options.report, options.pdf, options.checkpoint):
        parts.check_folder(path)
    order = Order(
        contract=options.contract,
        which=options.block,
        accepted=options.accepted,
        mirror=_feed(options),
        api=options.api,
    )
    with parts.nodes(options.rpc) as nodes, bar(err) as watch:
        manner = Manner(
            others=nodes[1:],
            transactions=options.transactions,
            rooters=Rooters(options.processes),
            checkpoint=Checkpoint(options.checkpoint) if options.checkpoint else None,
        )
        return ordered(nodes[0], order, watch, manner)


def _feed(options: argparse.Namespace) -> Feed | None:
    if options.mirror is None:
        return None
    if options.mirror_key is None:
        raise SettingsWrong("--mirror needs the log's --mirror-key: nothing unsigned is read")
    return Feed(options.mirror, options.mirror_key)


def _write(
    options: argparse.Namespace, report: AuditReport, made: Recounted, fonts: Path | None
) -> None:
    if options.tables:
        # pyarrow takes a third of a second to load, and only tables need it.
        from treering.flow.auditing.parquet import write_tables  # noqa: PLC0415

        books = made.recount.books
        write_tables(options.tables, report, made.recount.chronicle, books.duties)
    named = options.report or options.pdf
    if named is None:
        return
    document = sealed(report.document(), options.key or named.with_name(KEY))
    if options.report:
        parts.write(options.report, (parts.as_json(document) + "\n").encode())
    if options.pdf:
        # Nor are typst and its pictures loaded for less.
        from treering.flow.auditing.paper import Paper  # noqa: PLC0415

        parts.write(options.pdf, Paper(fonts).printed(document))
