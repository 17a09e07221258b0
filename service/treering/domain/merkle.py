"""The Merkle tree over a batch's records, in the form that TreeLedger rebuilds.

A leaf hashes 32 bytes and a node hashes 64, so neither can pass for the other. A pair is
hashed in sorted order, so a proof carries no left and right marks. An odd node moves up
unchanged, so no record is counted twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sha3 import keccak_256

from treering.domain.keccak import keccak
from treering.domain.kernel.engine import Worth
from treering.domain.record import WORD_BYTES, stretch, words_from

_worth = Worth()


@dataclass(frozen=True, slots=True)
class MerkleTree:
    """Leaves on the first level, the root alone on the last."""

    levels: tuple[tuple[bytes, ...], ...]

    @classmethod
    def over(cls, words: Sequence[bytes]) -> Self:
        """The tree over 32-byte record words; ValueError without any, or with another length."""
        if not words:
            raise ValueError("a batch needs at least one record")
        for size in set(map(len, words)) - {WORD_BYTES}:
            raise ValueError(f"a record has {WORD_BYTES} bytes, not {size}")
        levels = [_leaves(words)]
        while len(levels[-1]) > 1:
            levels.append(_parents(levels[-1]))
        return cls(tuple(map(tuple, levels)))

    @property
    def root(self) -> bytes:
        return self.levels[-1][0]

    def proof(self, position: int) -> tuple[bytes, ...]:
        """The siblings that lead from the leaf at `position` up to the root."""
        if position not in range(len(self.levels[0])):
            raise IndexError(f"no leaf at {position}")
        siblings = []
        for level in self.levels[:-1]:
            sibling = position ^ 1
            if sibling < len(level):
                siblings.append(level[sibling])
            position //= 2
        return tuple(siblings)


def batch_root(first_tree: int, holders: bytes) -> bytes:
    """The root alone, over consecutive records from a tree id on; `holders` are 20 bytes each.

    MerkleTree gives the same root. This keeps one level, and once there is much to hash the
    kernel does it. ValueError as words_from.
    """
    lot, serial, size = stretch(first_tree, holders)
    if kernel := _worth.kernel(size):
        return kernel.root(lot, serial, holders)
    level = _leaves(words_from(first_tree, holders))
    while len(level) > 1:
        level = _parents(level)
    return level[0]


def root_from(word: bytes, proof: Sequence[bytes]) -> bytes:
    """Where `proof` leads from the record `word`."""
    node = leaf(word)
    for sibling in proof:
        node = _node(node, sibling)
    return node


def leaf(word: bytes) -> bytes:
    if len(word) != WORD_BYTES:
        raise ValueError(f"a record has {WORD_BYTES} bytes, not {len(word)}")
    return keccak(word)


def _leaves(words: Sequence[bytes]) -> list[bytes]:
    """With nothing in Python between one hash and the next: here the time goes."""
    return [state.digest() for state in map(keccak_256, words)]


def _parents(level: list[bytes]) -> list[bytes]:
    odd = level[len(level) & ~1 :]
    each = iter(level)
    pairs = zip(each, each, strict=False)
    return [keccak_256(a + b if a < b else b + a).digest() for a, b in pairs] + odd


def _node(a: bytes, b: bytes) -> bytes:
    if len(a) != 32 or len(b) != 32:
        raise ValueError("a node hashes two 32-byte hashes")
    return keccak(a + b if a < b else b + a)
