"""treering redeem: redeem units of a lot for a holder, as a programme would.

Exit status: 0 redeemed (or redeemed before under the same key), 1 refused.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import TextIO

from treering.cli.once import key
from treering.domain import wishes
from treering.domain.redemption import MAX_UNITS, Wish
from treering.domain.view import Redeemed
from treering.errors import TreeringError

Redeem = Callable[[str, str, Wish], Redeemed]  # programme code, key, wish


def main(argv: Sequence[str], redeem: Redeem, out: TextIO = sys.stdout) -> int:
    options = parser().parse_args(argv)
    asked = {name: getattr(options, name) for name in ("lot", "holder", "name", "count")}
    try:
        wish = wishes.read(json.dumps(asked).encode()).wish()  # under the same rules as over HTTP
        made = redeem(options.programme, options.key, wish)
    except TreeringError as refusal:
        print(f"treering redeem: {refusal.code} {refusal}", file=sys.stderr)
        return 1
    answer = {
        "id": str(made.redemption.id),
        "lot": made.lot_slug,
        "numbers": made.numbers,
        "replayed": made.replayed,
    }
    print(json.dumps(answer, ensure_ascii=False), file=out)
    return 0


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="treering redeem", description=__doc__)
    words.add_argument("--programme", required=True, help="such as ANT_FOREST")
    words.add_argument("--lot", required=True, help="such as ANT_FOREST-277")
    words.add_argument("--holder", required=True, help="the programme's own reference")
    words.add_argument("--name", required=True, help="shown masked")
    words.add_argument("--count", type=_count, default=1)
    words.add_argument(
        "--key", type=key, required=True, help="Idempotency-Key: the same brings the same"
    )
    return words


def _count(text: str) -> int:
    count = int(text)
    if count not in range(1, MAX_UNITS + 1):
        raise argparse.ArgumentTypeError(f"from 1 to {MAX_UNITS}")
    return count
