"""What sealing hashes: from the holders of consecutive records to their commitments and root.

`main` does it for another process, which is the only one to speak to it: frames of a four-byte
length and msgpack, first the vault's key, then a Task for each Done. It ends when its standard
input does, and so never outlives whoever started it.
"""

import signal
import sys
from dataclasses import dataclass
from typing import IO

import msgspec

from treering.domain.holder import commitments
from treering.domain.merkle import batch_root
from treering.domain.record import LotId, tree_id
from treering.store.vault import HOLDER, Vault


@dataclass(frozen=True, slots=True)
class Task:
    """`boxes` are the encrypted secrets of the records' holders, one a record."""

    lot: LotId
    first_serial: int
    boxes: list[bytes]


@dataclass(frozen=True, slots=True)
class Done:
    """`holders` are 20 bytes a record."""

    holders: bytes
    root: bytes


def hashed(vault: Vault, task: Task) -> Done:
    """cryptography's InvalidTag if a box does not open."""
    distinct = list(set(task.boxes))
    opened = dict(zip(distinct, vault.open_many(distinct, HOLDER), strict=True))
    first = tree_id(task.lot, task.first_serial)
    holders = commitments(first, [opened[box] for box in task.boxes])
    return Done(holders, batch_root(first, holders))


def send(pipe: IO[bytes], what: object) -> None:
    frame = msgspec.msgpack.encode(what)
    pipe.write(len(frame).to_bytes(4, "big") + frame)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """One frame's content; None at the end."""
    size = int.from_bytes(pipe.read(4), "big")
    content = pipe.read(size)
    return content if size and len(content) == size else None


def main() -> None:
    """Of a process of its own."""
    # Whoever is told to end decides when the hashing does.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    asked, answered = sys.stdin.buffer, sys.stdout.buffer
    vault = Vault(msgspec.msgpack.decode(receive(asked) or b"", type=bytes))
    while task := receive(asked):
        send(answered, hashed(vault, msgspec.msgpack.decode(task, type=Task)))
