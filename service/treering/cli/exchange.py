"""treering exchange: three tree certificates of one holder and year for one fulfilment
certificate of the registry.

Say once a person and year whether he is eligible, and that the consent which his age asks for,
his own or his guardian's, is there: of his age nothing else is kept.
Exit status: 0 exchanged (or exchanged before), 1 refused, 2 a side could not be reached, or the
mirror not be leaned on: it may work later.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import TextIO

from treering.domain.exchange import Asked, Eligibility, Exchange, Source
from treering.errors import ChainUnavailable, MirrorStale, RegistryUnavailable, TreeringError

Apply = Callable[[Asked], Exchange]


def main(argv: Sequence[str], apply: Apply, out: TextIO = sys.stdout) -> int:
    options = parser().parse_args(argv)
    try:
        exchanged = apply(_asked(options))
    except (ChainUnavailable, RegistryUnavailable, MirrorStale) as error:
        print(f"treering exchange: {error.code} {error}", file=sys.stderr)
        return 2
    except TreeringError as refusal:
        title = (type(refusal).__doc__ or "").partition("\n")[0]
        print(f"treering exchange: {refusal.code} {title} ({refusal})", file=sys.stderr)
        return 1
    said = {"number": exchanged.number, "year": exchanged.year, "id": str(exchanged.id)}
    print(json.dumps(said), file=out)
    return 0


def _asked(options: argparse.Namespace) -> Asked:
    said = None
    if options.eligible:
        said = Eligibility(
            eligible=options.eligible == "yes",
            consented=options.consent == "yes",
            source=Source(options.says),
        )
    return Asked(numbers=options.number, adcode=options.adcode, eligibility=said)


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="treering exchange", description=__doc__)
    words.add_argument("number", nargs=3, metavar="NUMBER", help="a certificate's number")
    words.add_argument("--adcode", required=True, help="six digits of where the holder lives")
    words.add_argument("--eligible", choices=("yes", "no"), help="in that year; kept once said")
    words.add_argument("--consent", choices=("yes", "no"), default="no", help="is it there")
    words.add_argument(
        "--says", choices=[*Source], default=Source.PROGRAMME, help="who says so: %(choices)s"
    )
    return words
