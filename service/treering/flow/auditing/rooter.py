"""Roots rebuilt by several processes at once, since Python hashes on one core.

`main` is one of them: frames of a four-byte length, the first tree's id in 12 bytes and the
holders; it answers with 32 bytes each, and ends when its standard input does, so that it
never outlives whoever started it.
"""

import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import IO, TypeVar

from treering.domain.merkle import batch_root
from treering.domain.record import HOLDER_BYTES, tree_id
from treering.domain.recount.events import BatchMinted, BatchRebuilt, Entry

_COMMAND = (sys.executable, "-c", "from treering.flow.auditing.rooter import main; main()")
_WORTH = 64  # records: a smaller batch is hashed before it is sent
_ALONE = 50_000  # records: so many are hashed before such a process has begun
_WINDOW = 16 << 20  # bytes of holders that are under way at once
_TREE_BYTES = 12
Hand = subprocess.Popen[bytes]
T = TypeVar("T")


@dataclass
class Rooters:
    """`size` hands, begun once there is enough to do; none of them leaves all of it here."""

    size: int = 0
    _seen: int = 0
    _idle: "SimpleQueue[Hand]" = field(default_factory=SimpleQueue)
    _pool: ThreadPoolExecutor | None = None

    def rebuilt(self, entries: Iterable[Entry | T]) -> Iterator[Entry | T]:
        """The same in their order, batches with their roots rebuilt elsewhere; what is no
        entry is passed on in its turn."""
        waiting: deque[tuple[Entry | T, Future[bytes] | None]] = deque()
        held = 0
        for entry in entries:
            waiting.append((entry, self._begun(entry)))
            held += _weight(entry)
            while waiting and (held > _WINDOW or _is_done(waiting[0][1])):
                done = waiting.popleft()
                held -= _weight(done[0])
                yield _with_root(*done)
        for done in waiting:
            yield _with_root(*done)

    def close(self) -> None:
        if self._pool:
            self._pool.shutdown()
        while not self._idle.empty():
            _end(self._idle.get())

    def _begun(self, entry: object) -> Future[bytes] | None:
        """None where the rules themselves rebuild the root, in the turn of the entry."""
        event = entry.event if isinstance(entry, Entry) else None
        if not isinstance(event, BatchMinted) or not self.size:
            return None
        size, rest = divmod(len(event.holders), HOLDER_BYTES)
        self._seen += size
        too_odd = rest or size < _WORTH or event.first_serial + size > 2**32
        if too_odd or self._seen < _ALONE:
            return None
        self._pool = self._pool or ThreadPoolExecutor(self.size, "rooter")
        return self._pool.submit(self._root, event)

    def _root(self, event: BatchMinted) -> bytes:
        first = tree_id(event.lot, event.first_serial)
        hand = _started() if self._idle.empty() else self._idle.get()
        root = _asked(hand, first.to_bytes(_TREE_BYTES, "big") + event.holders)
        if root is None:
            _end(hand)
            return batch_root(first, event.holders)
        self._idle.put(hand)
        return root


def _is_done(root: Future[bytes] | None) -> bool:
    return root is None or root.done()


def _weight(entry: object) -> int:
    is_batch = isinstance(entry, Entry) and isinstance(entry.event, BatchMinted)
    return len(entry.event.holders) if is_batch else 0  # type: ignore[attr-defined]


def _with_root(entry: Entry | T, root: Future[bytes] | None) -> Entry | T:
    if root is None or not isinstance(entry, Entry):
        return entry
    event = entry.event
    assert isinstance(event, BatchMinted), "only batches have roots"
    known = BatchRebuilt(event.lot, event.first_serial, event.root, event.holders, root.result())
    return replace(entry, event=known)


def _started() -> Hand:
    pipe = subprocess.PIPE
    return subprocess.Popen(_COMMAND, stdin=pipe, stdout=pipe)  # noqa: S603 - our own code


def _asked(hand: Hand, what: bytes) -> bytes | None:
    """None if it is gone."""
    assert hand.stdin, "a pipe"
    assert hand.stdout, "a pipe"
    with suppress(OSError):
        hand.stdin.write(len(what).to_bytes(4, "big") + what)
        hand.stdin.flush()
        root = hand.stdout.read(32)
        return root if len(root) == 32 else None
    return None


def _end(hand: Hand) -> None:
    hand.kill()
    hand.wait()
    for pipe in (hand.stdin, hand.stdout):
        if pipe:
            with suppress(OSError):  # what was not taken any more
                pipe.close()


def answer(asked: IO[bytes], answered: IO[bytes]) -> None:
    """Until `asked` ends."""
    while size := int.from_bytes(asked.read(4), "big"):
        what = asked.read(size)
        first = int.from_bytes(what[:_TREE_BYTES], "big")
        answered.write(batch_root(first, what[_TREE_BYTES:]))
        answered.flush()


def main() -> None:
    """Of a process of its own."""
    for number in (signal.SIGTERM, signal.SIGINT):  # it ends with whoever began it
        signal.signal(number, signal.SIG_IGN)
    answer(sys.stdin.buffer, sys.stdout.buffer)
