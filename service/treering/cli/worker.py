"""treering worker: seal, mint, mirror. `--once` ends when there is nothing left but to wait."""

import argparse
import signal
from collections.abc import Callable, Sequence
from threading import Event

from treering.worker import Step, run, take


def main(argv: Sequence[str], start: Callable[[], object], steps: Sequence[Step]) -> int:
    """`start` holds books and chain against each other before any work is taken."""
    options = _parser().parse_args(argv)
    start()
    if options.once:
        while take(steps):
            pass
        return 0
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(steps, stop)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering worker", description=__doc__)
    parser.add_argument("--once", action="store_true")
    return parser
