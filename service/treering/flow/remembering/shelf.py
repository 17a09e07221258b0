"""What our books hold of final certificates, kept at hand: found once, until the books change."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from treering.domain.batch import BatchState
from treering.flow.certifying.certify import Found

BYTES = 64 << 20
_ROW = 4096  # bytes of a certificate's rows, without the holders of its batch


@dataclass
class Shelf:
    """`mark` is None while the books cannot say that they changed: then nothing is kept."""

    look_up: Callable[[str], Found]
    mark: Callable[[], int | None]
    limit: int = BYTES
    _kept: OrderedDict[str, tuple[Found, int]] = field(default_factory=OrderedDict, init=False)
    _bytes: int = field(default=0, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def find(self, number: str) -> Found:
        """As `Office.find`."""
        mark = self.mark()  # before the books are read: what changes meanwhile has another one
        with self._lock:
            kept = self._kept.get(number)
            if kept and kept[1] == mark:
                self._kept.move_to_end(number)
                return kept[0]
        found = self.look_up(number)
        if mark is not None and found.batch and found.batch.state is BatchState.FINAL:
            self._keep(number, found, mark)
        return found

    def _keep(self, number: str, found: Found, mark: int) -> None:
        with self._lock:
            if before := self._kept.pop(number, None):
                self._bytes -= _size(before[0])
            self._kept[number] = found, mark
            self._bytes += _size(found)
            while self._bytes > self.limit:
                _, (oldest, _) = self._kept.popitem(last=False)
                self._bytes -= _size(oldest)


def _size(found: Found) -> int:
    return _ROW + (len(found.batch.holders) if found.batch else 0)
