"""Files as they come out of the database, a few at once: each holds a thread and a connection."""

from collections.abc import Iterator
from threading import BoundedSemaphore

from treering.errors import ExportsBusy

PLACES = BoundedSemaphore(4)  # at once in a process


def exported(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, from a place that is left when they end; ExportsBusy while there is none."""
    if not PLACES.acquire(blocking=False):
        raise ExportsBusy("try again when another export is done")
    placed = _until_done(pieces)
    next(placed)  # begun: whoever hangs up before he reads a byte leaves his place all the same
    return placed


def _until_done(pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield b""
        yield from pieces
    finally:
        PLACES.release()
