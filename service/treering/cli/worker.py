"""treering worker: seal, mint, mirror. `--once` ends when there is nothing left but to wait.

SIGTERM and SIGINT let the step that is being taken come to its end; then the status is 0.
`--accept-chain` is a person's word after a halt: the chain is right as it is, and what it took
back is minted again.
"""

import argparse
import gc
import signal
import sys
from collections.abc import Callable, Sequence
from threading import Event

from treering.worker import Step, take, together

_TURN = 0.0005  # seconds: a thread that only sends must not wait long for one that reckons


def main(
    argv: Sequence[str],
    start: Callable[[], object],
    plan: Callable[[], Sequence[Sequence[Step]]],
    accept_chain: Callable[[], object] = lambda: None,
) -> int:
    """`start` sees to all that must hold, or raises what does not; only then is work planned:
    steps that are taken in turn, in ways that are gone side by side."""
    options = parser().parse_args(argv)
    if options.accept_chain:
        accept_chain()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    start()
    ways = plan()
    if not options.once:
        _settle_down()
        together(ways, stop)
        return 0
    steps = [step for way in ways for step in way]
    while take(steps, stop) and not stop.is_set():
        pass
    return 0


def _settle_down() -> None:
    """All that is loaded by now stays: no need to look through it for garbage again and again."""
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(_TURN)


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="treering worker", description=__doc__)
    words.add_argument("--once", action="store_true")
    words.add_argument("--accept-chain", action="store_true")
    return words
