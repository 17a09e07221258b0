"""The registry's log as a Merkle tree: RFC 6962 hashing and its two proofs.

leaf = SHA-256(0x00 ‖ entry), node = SHA-256(0x01 ‖ left ‖ right): a node can never pass for
a leaf. A tree of n leaves splits at the largest power of two below n. The root of no entries
is SHA-256 of nothing. Entries count from 0.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from typing import Self

EMPTY_ROOT = sha256().digest()


def leaf(entry: bytes) -> bytes:
    return sha256(b"\0" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The roots of the perfect subtrees of a log, widest first: all that appending needs."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if len(self.peaks) != self.size.bit_count():
            raise ValueError(f"{len(self.peaks)} peaks cannot stand for {self.size} entries")

    def appended(self, entries: Iterable[bytes]) -> Self:
        """With m more entries, in O(m) hashes."""
        return self.joined(0, [leaf(entry) for entry in entries])

    def joined(self, height: int, tops: Iterable[bytes]) -> Self:
        """With m more perfect subtrees of 2^height entries; no smaller one may stand before."""
        if self.size & (1 << height) - 1:
            raise ValueError(f"no subtree of height {height} begins at {self.size}")
        size, peaks = self.size, list(self.peaks)
        for top in tops:
            rest = size >> height
            while rest & 1:
                top, rest = node(peaks.pop(), top), rest >> 1  # noqa: PLW2901 - it climbs
            peaks.append(top)
            size += 1 << height
        return type(self)(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY_ROOT
        return reduce(lambda right, left: node(left, right), reversed(self.peaks))


class Prover(ABC):
    """Roots and proofs of a log from its perfect subtrees, which a subclass knows."""

    size: int

    @abstractmethod
    def perfect(self, height: int, index: int) -> bytes:
        """The root over the 2^height entries from index * 2^height on, all within the log."""

    def root(self, size: int) -> bytes:
        """The root that the log had at this size."""
        if size not in range(self.size + 1):
            raise IndexError(f"the log has {self.size} entries, not {size}")
        return self.span(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """PATH(index, D[size]) of RFC 6962: that entry `index` stands in the first `size`."""
        if not 0 <= index < size <= self.size:
            raise IndexError(f"no entry {index} among {size} of {self.size}")
        proof, start, end = [], 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self.span(middle, end))
                end = middle
            else:
                proof.append(self.span(start, middle))
                start = middle
        return tuple(reversed(proof))

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """PROOF(old, D[new]) of RFC 6962: that the first `old` entries have not changed."""
        if not 0 <= old <= new <= self.size:
            raise IndexError(f"no way from {old} to {new} in a log of {self.size}")
        if old in {0, new}:
            return ()
        proof, start, end = [], 0, new
        while end != old:
            middle = start + _split(end - start)
            if old <= middle:
                proof.append(self.span(middle, end))
                end = middle
            else:
                proof.append(self.span(start, middle))
                start = middle
        if start:
            proof.append(self.span(start, end))
        return tuple(reversed(proof))

    def span(self, start: int, end: int) -> bytes:
        """The root over the entries from `start` to before `end`, a subtree of some proof."""
        width = end - start
        if width.bit_count() == 1:
            height = width.bit_length() - 1
            return self.perfect(height, start >> height)
        middle = start + _split(width)
        return node(self.span(start, middle), self.span(middle, end))


class LogTree(Prover):
    """Every perfect subtree of a growing log: appends in O(1), proves in O(log² n)."""

    def __init__(self, entries: Iterable[bytes] = ()) -> None:
        self.size = 0
        self.levels: list[list[bytes]] = [[]]
        for entry in entries:
            self.append(entry)

    def append(self, entry: bytes) -> None:
        self.size += 1
        height, top = 0, leaf(entry)
        self.levels[0].append(top)
        while len(self.levels[height]) % 2 == 0:
            top = node(*self.levels[height][-2:])
            height += 1
            if height == len(self.levels):
                self.levels.append([])
            self.levels[height].append(top)

    def perfect(self, height: int, index: int) -> bytes:
        return self.levels[height][index]


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """The root over 2^k hashes of one level."""
    if len(hashes).bit_count() != 1:
        raise ValueError(f"{len(hashes)} hashes are no perfect tree")
    while len(hashes) > 1:
        hashes = [
            sha256(b"\1" + hashes[i] + hashes[i + 1]).digest() for i in range(0, len(hashes), 2)
        ]
    return hashes[0]


def proves_entry(
    proof: Sequence[bytes], entry: bytes, index: int, *, size: int, root: bytes
) -> bool:
    """Whether `proof` leads from `entry`, as number `index` of `size`, to `root`."""
    if index not in range(size):
        return False
    try:
        return _climb(leaf(entry), index, size, proof) == root
    except IndexError:
        return False


def proves_growth(
    proof: Sequence[bytes], *, old: tuple[int, bytes], new: tuple[int, bytes]
) -> bool:
    """Whether `proof` shows that the log of `new` (size, root) begins with that of `old`."""
    if old[0] in {0, new[0]}:
        return not proof and old[1] == (new[1] if old[0] else EMPTY_ROOT)
    if not 0 < old[0] < new[0]:
        return False
    try:
        return _grow(old[0], new[0], proof, whole=old[1]) == (old[1], new[1])
    except IndexError:
        return False


def _climb(top: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    if size == 1:
        return _last(top, proof)
    middle = _split(size)
    if index < middle:
        return node(_climb(top, index, middle, proof[:-1]), proof[-1])
    return node(proof[-1], _climb(top, index - middle, size - middle, proof[:-1]))


def _grow(old: int, new: int, proof: Sequence[bytes], whole: bytes | None) -> tuple[bytes, bytes]:
    """Both roots that a consistency proof leads to; `whole` while nothing lies to the left."""
    if old == new:
        top = proof[0] if whole is None else whole
        return (_last(top, proof[1:] if whole is None else proof),) * 2
    middle = _split(new)
    if old <= middle:
        before, left = _grow(old, middle, proof[:-1], whole)
        return before, node(left, proof[-1])
    before, right = _grow(old - middle, new - middle, proof[:-1], None)
    return node(proof[-1], before), node(proof[-1], right)


def _last(top: bytes, rest: Sequence[bytes]) -> bytes:
    if rest:
        raise IndexError("the proof is longer than its path")
    return top


def _split(width: int) -> int:
    return 1 << (width - 1).bit_length() - 1
