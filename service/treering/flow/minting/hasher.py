"""What sealing hashes: from the holders of consecutive records to their commitments and root.

`main` does it for another process, which is the only one to speak to it: frames of a four-byte
length and msgpack, first the vault's key, then a Task for each Done. It ends when its standard
input does, and so never outlives whoever started it.
"""

import signal
import sys
from dataclasses import dataclass
from struct import unpack
from typing import IO

import msgspec
from cryptography.exceptions import InvalidTag

from treering.domain.holder import commitments
from treering.domain.merkle import batch_root
from treering.domain.record import LotId, tree_id
from treering.store.vault import BOX_BYTES, HOLDER, Vault


@dataclass(frozen=True, slots=True)
class Task:
    """`boxes` are the encrypted secrets of the holders of stretches of records, one after the
    other, `sizes` the lengths of the stretches in four bytes each."""

    lot: LotId
    first_serial: int
    boxes: bytes
    sizes: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """`holders` are 20 bytes a record."""

    holders: bytes
    root: bytes


def hashed(vault: Vault, task: Task) -> Done:
    """cryptography's InvalidTag if a box does not open."""
    sizes = unpack(f">{len(task.sizes) // 4}I", task.sizes)
    opened = _opened(vault, task.boxes, len(sizes))
    each = [holder for holder, size in zip(opened, sizes, strict=True) for _ in range(size)]
    first = tree_id(task.lot, task.first_serial)
    holders = commitments(first, each)
    return Done(holders, batch_root(first, holders))


def _opened(vault: Vault, boxes: bytes, count: int) -> list[bytes]:
    """In their order; whoever holds several stretches has his box opened once."""
    if len(boxes) != count * BOX_BYTES:
        raise InvalidTag
    each = unpack(f"{BOX_BYTES}s" * count, boxes)
    distinct = list(dict.fromkeys(each))
    found = vault.open_many(distinct, HOLDER)
    if len(distinct) == count:
        return found
    known = dict(zip(distinct, found, strict=True))
    return [known[box] for box in each]


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
