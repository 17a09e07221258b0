"""The bulk uploads under way in a process: so many and no more, each in a thread of its own."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from treering.errors import LaneFull


@dataclass
class Uploads:
    """One that waits for its client holds up no other, nor anything else of the process."""

    most: int = 8  # two connections each, of the thirty that a process may have
    each: int = 4  # of one programme: another finds a place, too
    threads: ThreadPoolExecutor = field(init=False)
    _under_way: Counter[str] = field(default_factory=Counter, init=False)

    def __post_init__(self) -> None:
        self.threads = ThreadPoolExecutor(self.most, "upload")

    def begin(self, programme: str) -> None:
        """LaneFull while too many are under way; else `end` is to follow."""
        if self._under_way.total() >= self.most or self._under_way[programme] >= self.each:
            raise LaneFull(f"{self._under_way[programme]} of its uploads are under way")
        self._under_way[programme] += 1

    def end(self, programme: str) -> None:
        self._under_way[programme] -= 1
