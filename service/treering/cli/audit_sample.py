"""treering audit sample: records for a visit to the field, chosen by nobody.

--announce writes, signed, how many will be drawn by the hash of which block yet to come;
--draw FILE draws them once that block is final, with their proofs and the reports that they
are to be held against. Anybody draws the same. Exit status: 0 written, 2 not.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from treering.cli import audit_parts as parts
from treering.cli.progress import bar
from treering.errors import SettingsWrong, TreeringError
from treering.flow.auditing import sampling
from treering.flow.auditing.auditor import sealed
from treering.flow.auditing.rooter import Rooters
from treering.flow.auditing.seal import read

_AHEAD = 64  # blocks: far enough that nobody knows its hash, near enough to wait for
_KEY = "auditor.key"


def main(argv: Sequence[str], out: TextIO = sys.stdout, err: TextIO = sys.stderr) -> int:
    options = _parser().parse_args(argv)
    try:
        parts.check_folder(options.out)
        document = _announced(options) if options.announce else _drawn(options, err)
        key = options.key or options.out.with_name(_KEY)
        content = parts.as_json(sealed(document, key)) + "\n"
        parts.write(options.out, content.encode())
    except TreeringError as error:
        return parts.refused("audit sample", error, err)
    print(_told(options.out, document), file=out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering audit sample", description=__doc__)
    add = parser.add_argument
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--announce", action="store_true")
    which.add_argument("--draw", type=Path, metavar="FILE", help="what was announced")
    add("--rpc", required=True, metavar="URL")
    add("--contract", type=parts.address, metavar="ADDRESS", help="to announce")
    add("--size", type=parts.number, default=100, metavar="N", help="records; default 100")
    add("--block", type=parts.number, metavar="N", help=f"default: {_AHEAD} after the newest")
    add("--out", type=Path, required=True, metavar="FILE")
    add("--key", type=Path, metavar="FILE", help=f"Ed25519, PEM; default {_KEY} beside it")
    add("--processes", type=parts.cores, default=parts.all_cores(), metavar="N")
    return parser


def _announced(options: argparse.Namespace) -> dict[str, Any]:
    if options.contract is None:
        raise SettingsWrong("--announce needs --contract")
    with parts.nodes([options.rpc]) as (node,):
        block = options.block or node.block("latest").number + _AHEAD
        return sampling.announced(node, options.contract, options.size, block)


def _drawn(options: argparse.Namespace, err: TextIO) -> dict[str, Any]:
    announcement, key = read(options.draw)
    announcement["announced_by"] = key.multikey
    with parts.nodes([options.rpc]) as (node,), bar(err) as watch:
        return sampling.drawn(node, announcement, watch, Rooters(options.processes))


def _told(path: Path, document: dict[str, Any]) -> str:
    if document["format"] == sampling.ANNOUNCED:
        return f"{path}: {document['size']:,} records, by the hash of block {document['block']:,}"
    count, population = len(document["records"]), document["population"]
    return f"{path}: {count:,} of {population:,} records, by block {document['block']['number']:,}"
