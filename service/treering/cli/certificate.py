"""treering certificate: write a certificate to a file, as its page offers it.

Exit status: 0 written, 1 refused.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from treering.errors import TreeringError


@dataclass(frozen=True, slots=True)
class Counter:
    """Each gives the certificate of a number, and raises the refusals of its route."""

    credential: Callable[[str], dict[str, Any]]
    pdf: Callable[[str], bytes]


def main(argv: Sequence[str], counter: Counter, out: TextIO = sys.stdout) -> int:
    options = _parser().parse_args(argv)
    try:
        if options.pdf:
            options.pdf.write_bytes(counter.pdf(options.number))
        else:
            print(json.dumps(counter.credential(options.number), ensure_ascii=False), file=out)
    except TreeringError as refusal:
        print(f"treering certificate: {refusal.code} {refusal}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering certificate", description=__doc__)
    parser.add_argument("number", metavar="NUMBER")
    parser.add_argument(
        "--pdf", type=Path, metavar="FILE", help="the signed page; without it, the credential"
    )
    return parser
