"""A batch: consecutive records of one lot that one transaction mints.

    SEALED -> SIGNED -> MINED -> FINAL

SEALED fixes the records and their root. SIGNED has a transaction in our books, sent or
not. MINED has its root on chain, in a block that may still vanish. FINAL has it in a block
that cannot. A block that vanishes takes MINED back to SIGNED; a nonce taken by somebody
else, or an embedded chain that lost its end, takes a batch back to SEALED to be signed
again. BLOCKED waits for a person: the contract refuses it, and `reason` says why. When the
contract would take it again, it goes on by itself.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType, Self

from treering.domain.merkle import MerkleTree, batch_root
from treering.domain.record import HOLDER_BYTES, LotId, Record, TreeId, tree_id, words_from

BatchId = NewType("BatchId", int)
CAPACITY = 4096  # 803 gas a record; a transaction holds 6,500 at most (128 KiB, 2^24 gas)


class BatchState(StrEnum):
    SEALED = "sealed"
    SIGNED = "signed"
    MINED = "mined"
    FINAL = "final"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """The block that holds a batch's root, and the transaction that brought it there."""

    block_number: int
    block_hash: bytes
    block_time: datetime
    transaction: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """`holders` are 20 bytes a record. What moves it is its `Flight`."""

    id: BatchId
    state: BatchState
    lot: LotId
    first_serial: int
    holders: bytes
    root: bytes
    sealed_at: datetime
    inclusion: Inclusion | None = None
    reason: str | None = None

    @property
    def count(self) -> int:
        return len(self.holders) // HOLDER_BYTES

    @property
    def first_tree(self) -> TreeId:
        return tree_id(self.lot, self.first_serial)

    def record(self, position: int) -> Record:
        """IndexError for a position that the batch does not have."""
        if not 0 <= position < self.count:
            raise IndexError(position)
        at = HOLDER_BYTES * position
        holder = self.holders[at : at + HOLDER_BYTES]
        return Record(self.lot, self.first_serial + position, holder)

    def records(self) -> list[Record]:
        return [self.record(position) for position in range(self.count)]

    def words(self) -> tuple[bytes, ...]:
        return words_from(self.first_tree, self.holders)

    def tree(self) -> MerkleTree:
        return MerkleTree.over(self.words())

    def halves(self) -> tuple[Self, Self]:
        """The same records as two batches, for a block that cannot hold them as one.

        Ids are for the database to give; the batch has two records at least.
        """
        middle = self.count // 2
        assert middle, "one record cannot be halved"
        cut = HOLDER_BYTES * middle
        return (
            self._part(self.first_serial, self.holders[:cut]),
            self._part(self.first_serial + middle, self.holders[cut:]),
        )

    def _part(self, first_serial: int, holders: bytes) -> Self:
        return replace(
            self,
            id=BatchId(0),
            first_serial=first_serial,
            holders=holders,
            root=batch_root(tree_id(self.lot, first_serial), holders),
        )


def due(*, waiting: int, oldest: datetime, now: datetime, patience: timedelta) -> bool:
    """Whether to seal: a batch is full, or its oldest record has waited long enough.

    One that is yet to come was dated before the clock went back: nobody knows how long it waits.
    """
    waits = timedelta() <= now - oldest < patience
    return waiting >= CAPACITY or (waiting > 0 and not waits)
