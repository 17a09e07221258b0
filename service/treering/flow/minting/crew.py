"""The crew: sealing's hashing by several processes at once, since Python hashes on one core.

Its hands keep nothing and touch nothing outside. What one of them does not answer, because it
was killed or could not open a box, is done here instead, where its fault is told.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from queue import SimpleQueue

import msgspec

from treering.flow.minting.hasher import Done, Task, hashed, receive, send
from treering.store.vault import Vault

_MOST = 4  # more hash faster than one process reads and writes rows
_PIPE_BYTES = 1 << 19  # a batch's boxes go in at once, where the system lets them
_COMMAND = (sys.executable, "-c", "from treering.flow.minting.hasher import main; main()")
Hand = subprocess.Popen[bytes]


def cores() -> int:
    """How many hands are of use here: none where there is one core alone."""
    here = os.cpu_count() or 1
    return min(here, _MOST) if here > 1 else 0


@dataclass(frozen=True)
class Crew:
    """`size` hands, begun when there is more than one batch to hash."""

    vault: Vault
    size: int = 0

    def begin(self, tasks: Sequence[Task]) -> "list[Future[Done]]":
        """In the order of the tasks; cryptography's InvalidTag if a box does not open."""
        if self.size and len(tasks) > 1:
            return [self._pool.submit(self._done, task) for task in tasks]
        return [_here(self.vault, task) for task in tasks]

    def close(self) -> None:
        self._pool.shutdown()
        for _ in range(self._idle.qsize()):
            _end(self._idle.get())

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        """A thread a hand, to speak and to listen to it."""
        return ThreadPoolExecutor(max(self.size, 1), "crew")

    @cached_property
    def _idle(self) -> "SimpleQueue[Hand]":
        return SimpleQueue()

    def _done(self, task: Task) -> Done:
        hand = self._begun() if self._idle.empty() else self._idle.get()
        answer = _answer(hand, task)
        if answer is None:
            _end(hand)
            return hashed(self.vault, task)
        self._idle.put(hand)
        return answer

    def _begun(self) -> Hand:
        pipe = subprocess.PIPE
        hand = subprocess.Popen(  # noqa: S603 - our own code
            _COMMAND, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, pipesize=_PIPE_BYTES
        )
        _give(hand, self.vault.key)
        return hand


def _here(vault: Vault, task: Task) -> "Future[Done]":
    done: Future[Done] = Future()
    done.set_result(hashed(vault, task))
    return done


def _answer(hand: Hand, task: Task) -> Done | None:
    """None if it is gone."""
    _give(hand, task)
    assert hand.stdout, "a pipe"
    answer = receive(hand.stdout)
    return msgspec.msgpack.decode(answer, type=Done) if answer else None


def _give(hand: Hand, what: object) -> None:
    assert hand.stdin, "a pipe"
    with suppress(OSError):  # it is gone, and will not answer
        send(hand.stdin, what)


def _end(hand: Hand) -> None:
    """It keeps nothing that could be lost."""
    hand.kill()
    hand.wait()
    for pipe in (hand.stdin, hand.stdout):
        assert pipe, "a pipe"
        with suppress(OSError):
            pipe.close()
