"""treering bundle: write what a verifier asks of the chain into one file, for where there is no
network.

It holds every batch's root, the lots, the revocations and replacements and the issuers' keys
at one final block, recounted from the chain and signed by a programme's issuer key. With it
`treering verify --bundle FILE` asks nobody. Exit status: 0 written, 2 not.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from treering.cli.progress import bar
from treering.errors import ReportNotWritten, TreeringError
from treering.flow.auditing.audit import Watch
from treering.flow.verifying.bundle import Bundled

# The bundle of a programme's signing, at a block; None for the first programme, the newest block.
Make = Callable[[str | None, int | None, Watch], Bundled]


def main(
    argv: Sequence[str], make: Make, out: TextIO = sys.stdout, err: TextIO = sys.stderr
) -> int:
    options = _parser().parse_args(argv)
    try:
        with bar(err) as watch:
            made = make(options.programme, options.block, watch)
        _write(options.out, made.data)
    except TreeringError as error:
        print(f"treering bundle: {error.code} {error}", file=err)
        return 2
    print(_told(options.out, made), file=out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering bundle", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--programme", metavar="CODE", help="whose key signs; default: the first whose is here"
    )
    parser.add_argument(
        "--block", type=int, metavar="N", help="a final one; default: the newest that is final"
    )
    return parser


def _write(path: Path, data: bytes) -> None:
    """The whole bundle or none: written beside, then renamed."""
    beside = path.with_name(path.name + ".new")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        raise ReportNotWritten(f"{path}: {error.strerror}") from error


def _time(made: Bundled) -> str:
    return f"{made.bundle.as_of:%Y-%m-%d %H:%M:%S} UTC"


def _told(path: Path, made: Bundled) -> str:
    bundle = made.bundle
    batches = sum(len(line.batches.roots) // 32 for line in bundle.lots.values())
    records = sum(line.batches.minted for line in bundle.lots.values())
    return "\n".join(
        [
            f"{path}: {len(made.data):,} bytes",
            f"  {records:,} records in {batches:,} batches of {len(bundle.lots):,} lots",
            f"  {len(bundle.revoked):,} revoked, {len(bundle.replaced):,} of them replaced",
            f"  chain {bundle.chain_id}, contract {bundle.contract}",
            f"  as of block {bundle.block}, 0x{bundle.block_hash.hex()}, {_time(made)}",
            f"  signed by {made.programme}: {made.signer.multikey}",
            f"  its fingerprint: 0x{made.signer.id.hex()}",
        ]
    )
