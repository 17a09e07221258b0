"""treering exchange: three tree certificates of one holder and year for one fulfilment
certificate of the registry.

Exit status: 0 exchanged (or exchanged before), 1 refused, 2 a side could not be reached.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import TextIO

from treering.errors import (
    ChainUnavailable,
    RegistryUnavailable,
    TreeringError,
)
from treering.store.exchanges import Exchange

Apply = Callable[[Sequence[str], str], Exchange]


def main(argv: Sequence[str], apply: Apply, out: TextIO = sys.stdout) -> int:
    options = _parser().parse_args(argv)
    try:
        exchanged = apply(options.number, options.adcode)
    except (ChainUnavailable, RegistryUnavailable) as error:
        print(f"treering exchange: {error.code} {error}", file=sys.stderr)
        return 2
    except TreeringError as refusal:
        print(f"treering exchange: {refusal.code} {refusal}", file=sys.stderr)
        return 1
    print(json.dumps({"number": exchanged.number, "year": exchanged.year}), file=out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering exchange", description=__doc__)
    parser.add_argument("number", nargs=3, metavar="NUMBER", help="a certificate's number")
    parser.add_argument("--adcode", required=True, help="the province where the holder lives")
    return parser
