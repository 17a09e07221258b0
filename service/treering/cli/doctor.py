"""treering doctor: what must hold before any work is taken, a line each, with what to do.

Writes nothing. Exit status: 0 all is well, 1 there is a warning, 2 something fails, and the
worker would refuse to start for the same reason. What fails of one programme alone, such as an
empty wallet, holds that programme's minting, and the worker goes on with all others.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from typing import TextIO

from treering.domain.checkup import Health, Sign, held, refusal, worst

_STATUS = {Health.OK: 0, Health.WARN: 1, Health.FAIL: 2}


def main(
    argv: Sequence[str], examine: Callable[[], Sequence[Sign]], out: TextIO | None = None
) -> int:
    options = parser().parse_args(argv)
    signs = examine()
    if options.json:
        print(json.dumps([_fields(sign) for sign in signs], indent=2), file=out)
    else:
        for sign in signs:
            print(_line(sign), file=out)
        print(_verdict(signs), file=out)
    return _STATUS[worst(signs)]


def _verdict(signs: Sequence[Sign]) -> str:
    """What a worker would make of it: the last line that is read."""
    if why := refusal(signs):
        return f"The worker refuses to start: {why.code}"
    if codes := held(signs):
        return f"The worker starts; nothing is minted of {', '.join(codes)}, all others are"
    return "The worker starts"


def _line(sign: Sign) -> str:
    code = f" {sign.code}" if sign.code else ""
    line = f"{sign.health:<4}  {sign.about}:{code} {sign.said}"
    return f"{line}\n      → {sign.advice}" if sign.advice else line


def _fields(sign: Sign) -> dict[str, str | None]:
    return {
        "about": sign.about,
        "programme": sign.programme,
        "health": sign.health,
        "code": sign.code,
        "said": sign.said,
        "advice": sign.advice,
    }


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="treering doctor", description=__doc__)
    words.add_argument("--json", action="store_true", help="one list of objects")
    return words
