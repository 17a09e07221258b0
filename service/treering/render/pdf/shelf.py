"""A shelf of what was made, so that nothing is made twice soon; the oldest makes room."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock


@dataclass
class Shelf:
    """Holds at most `capacity` bytes. Many who want the same wait for one who makes it."""

    capacity: int
    _made: OrderedDict[bytes, bytes] = field(default_factory=OrderedDict, init=False)
    _trees: dict[bytes, int] = field(default_factory=dict, init=False)
    _bytes: int = field(default=0, init=False)
    _making: Lock = field(default_factory=Lock, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def get(self, key: bytes, make: Callable[[], bytes], tree: int | None = None) -> bytes:
        """`tree` is the record that it is of, so that it can be dropped with it."""
        if (found := self._taken(key)) is not None:
            return found
        with self._making:
            if (found := self._taken(key)) is not None:
                return found
            made = make()
            self._put(key, made, tree)
            return made

    def drop(self, first: int, count: int) -> None:
        """What was made of these records."""
        with self._lock:
            for key in [key for key, tree in self._trees.items() if tree - first in range(count)]:
                self._lose(key)

    def _taken(self, key: bytes) -> bytes | None:
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
            return self._made.get(key)

    def _put(self, key: bytes, made: bytes, tree: int | None) -> None:
        with self._lock:
            if tree is not None:
                self._trees[key] = tree
            self._made[key] = made
            self._bytes += len(made)
            while self._bytes > self.capacity:
                self._lose(next(iter(self._made)))

    def _lose(self, key: bytes) -> None:
        self._trees.pop(key, None)
        self._bytes -= len(self._made.pop(key))
