"""treering withdraw: destroy a holder's secret and name, for good. His trees still count.

Exit status: 0 withdrawn, 1 refused.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import TextIO

from treering.errors import TreeringError

Withdraw = Callable[[str, str], int]


def main(argv: Sequence[str], withdraw: Withdraw, out: TextIO = sys.stdout) -> int:
    options = parser().parse_args(argv)
    try:
        records = withdraw(options.programme, options.holder)
    except TreeringError as refusal:
        print(f"treering withdraw: {refusal.code} {refusal}", file=sys.stderr)
        return 1
    print(json.dumps({"programme": options.programme, "records": records}), file=out)
    return 0


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="treering withdraw", description=__doc__)
    words.add_argument("--programme", required=True, help="its code, such as ANT_FOREST")
    words.add_argument("--holder", required=True, help="the programme's reference to the person")
    words.add_argument(
        "--for-good", action="store_true", required=True, help="it cannot be undone, by anybody"
    )
    return words
