"""The crew: sealing's hashing by several processes at once, since Python hashes on one core.

Its hands keep nothing and touch nothing outside. What one of them does not answer, because it
was killed or could not open a box, is done here instead, where its fault is told.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec

from treering.flow.hasher import Done, Task, hashed, receive, send
from treering.store.vault import Vault

_MOST = 4  # more hash faster than one process reads and writes rows
_COMMAND = (sys.executable, "-c", "from treering.flow.hasher import main; main()")


def cores() -> int:
    """How many hands are of use here: none where there is one core alone."""
    here = os.cpu_count() or 1
    return min(here, _MOST) if here > 1 else 0


@dataclass
class Crew:
    """`size` hands, begun when there is more than one batch to hash. For one thread alone."""

    vault: Vault
    size: int = 0
    _hands: list[subprocess.Popen[bytes]] = field(default_factory=list, init=False)

    def hashed(self, tasks: Sequence[Task]) -> list[Done]:
        """In the order of the tasks; cryptography's InvalidTag if a box does not open."""
        at_once = self.size if len(tasks) > 1 else 0
        if not at_once:
            return [hashed(self.vault, task) for task in tasks]
        done: list[Done] = []
        for start in range(0, len(tasks), at_once):
            done += self._round(tasks[start : start + at_once])
        return done

    def close(self) -> None:
        for hand in self._hands:
            _end(hand)
        self._hands.clear()

    def _round(self, tasks: Sequence[Task]) -> list[Done]:
        """A task a hand."""
        while len(self._hands) < len(tasks):
            self._hands.append(self._begun())
        hands = self._hands[: len(tasks)]
        for hand, task in zip(hands, tasks, strict=True):
            _give(hand, task)
        answers = [_answer(hand) for hand in hands]
        for hand, answer in zip(hands, answers, strict=True):
            if answer is None:
                self._hands.remove(hand)
                _end(hand)
        return [
            answer or hashed(self.vault, task) for answer, task in zip(answers, tasks, strict=True)
        ]

    def _begun(self) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        hand = subprocess.Popen(  # noqa: S603 - our own code
            _COMMAND, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )
        _give(hand, self.vault.key)
        return hand


def _give(hand: subprocess.Popen[bytes], what: object) -> None:
    assert hand.stdin, "a pipe"
    with suppress(OSError):  # it is gone, and will not answer
        send(hand.stdin, what)


def _answer(hand: subprocess.Popen[bytes]) -> Done | None:
    assert hand.stdout, "a pipe"
    answer = receive(hand.stdout)
    return msgspec.msgpack.decode(answer, type=Done) if answer else None


def _end(hand: subprocess.Popen[bytes]) -> None:
    """It keeps nothing that could be lost."""
    hand.kill()
    hand.wait()
    for pipe in (hand.stdin, hand.stdout):
        assert pipe, "a pipe"
        with suppress(OSError):
            pipe.close()
