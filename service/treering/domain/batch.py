"""A batch: consecutive records of one lot that one transaction mints.

    SEALED -> SIGNED -> MINED -> FINAL

SEALED fixes the records and their root. SIGNED has a transaction in our books, sent or
not. MINED has its root on chain, in a block that may still vanish. FINAL has it in a block
that cannot. A block that vanishes takes MINED back to SIGNED; a nonce taken by somebody
else, or an embedded chain that lost its end, takes a batch back to SEALED to be signed
again. BLOCKED waits for a person: the contract refused it, and `reason` says why.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType, Self

from treering.domain.record import HOLDER_BYTES, LotId, Record, TreeId, tree_id

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
    """`holders` are 20 bytes a record. `raw_transaction` is kept before it is ever sent."""

    id: BatchId
    state: BatchState
    lot: LotId
    first_serial: int
    holders: bytes
    root: bytes
    sealed_at: datetime
    nonce: int | None = None
    raw_transaction: bytes | None = None
    inclusion: Inclusion | None = None
    reason: str | None = None

    @property
    def count(self) -> int:
        return len(self.holders) // HOLDER_BYTES

    @property
    def first_tree(self) -> TreeId:
        return tree_id(self.lot, self.first_serial)

    def records(self) -> list[Record]:
        return [
            Record(self.lot, self.first_serial + i, self.holders[20 * i : 20 * i + 20])
            for i in range(self.count)
        ]

    def words(self) -> list[bytes]:
        return [record.word for record in self.records()]

    def signed(self, nonce: int, raw_transaction: bytes) -> Self:
        return replace(self, state=BatchState.SIGNED, nonce=nonce, raw_transaction=raw_transaction)

    def mined(self, inclusion: Inclusion) -> Self:
        return replace(self, state=BatchState.MINED, inclusion=inclusion)

    def final(self, inclusion: Inclusion) -> Self:
        return replace(self, state=BatchState.FINAL, inclusion=inclusion)

    def vanished(self) -> Self:
        """Its block left the chain; the same bytes are sent again."""
        return replace(self, state=BatchState.SIGNED, inclusion=None)

    def dropped(self) -> Self:
        """Its transaction can never be mined; it is signed again."""
        return replace(
            self, state=BatchState.SEALED, nonce=None, raw_transaction=None, inclusion=None
        )

    def blocked(self, reason: str) -> Self:
        return replace(self, state=BatchState.BLOCKED, reason=reason)


def due(*, waiting: int, oldest: datetime, now: datetime, patience: timedelta) -> bool:
    """Whether to seal: a batch is full, or its oldest record has waited long enough."""
    return waiting >= CAPACITY or (waiting > 0 and now - oldest >= patience)
