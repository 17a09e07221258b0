"""Files as they come out of the database, a few at once: each holds a thread and a connection."""

from collections import Counter
from collections.abc import Iterator
from threading import Lock

from treering.errors import ExportsBusy

MOST, EACH = 4, 2  # at once in a process, and of one caller: none keeps the others waiting


class Places:
    """Who has how many; callers go by their labels, which open nothing."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._taken: Counter[str] = Counter()

    def take(self, caller: str) -> None:
        """ExportsBusy while he has his share, or there is none left."""
        with self._lock:
            if self._taken[caller] >= EACH:
                raise ExportsBusy(f"{EACH} exports of yours are under way")
            if self._taken.total() >= MOST:
                raise ExportsBusy("try again when another export is done")
            self._taken[caller] += 1

    def leave(self, caller: str) -> None:
        with self._lock:
            self._taken[caller] -= 1
            self._taken += Counter()  # nobody is remembered who has none


PLACES = Places()


def exported(pieces: Iterator[bytes], caller: str) -> Iterator[bytes]:
    """The pieces, from a place that is left when they end; ExportsBusy while there is none."""
    PLACES.take(caller)
    placed = _until_done(pieces, caller)
    next(placed)  # begun: whoever hangs up before he reads a byte leaves his place all the same
    return placed


def _until_done(pieces: Iterator[bytes], caller: str) -> Iterator[bytes]:
    try:
        yield b""
        yield from pieces
    finally:
        PLACES.leave(caller)
