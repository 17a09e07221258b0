"""A batch on its way to the chain: everything but its records.

SIGNED has at least one attempt in our books, sent or not. All attempts of a flight share one
nonce, so the chain takes one of them at most. MINED may lose its block and be SIGNED again;
a nonce used up by somebody else takes it back to SEALED, to be signed under another.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NewType, Self

from treering.domain.batch import BatchId, BatchState, Inclusion
from treering.domain.fees import Fees
from treering.domain.keccak import keccak
from treering.domain.record import LotId, TreeId, tree_id

Nonce = NewType("Nonce", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One signed transaction under a nonce: the batch's mint, or an empty one to free it.

    `number` counts a nonce's attempts from 1. No block before `after_block` can hold it, but
    for one that a reorganisation brings. `batch` is None for an empty transaction.
    """

    nonce: Nonce
    number: int
    batch: BatchId | None
    raw: bytes
    fees: Fees
    after_block: int
    signed_at: datetime

    @property
    def digest(self) -> bytes:
        """The transaction's hash."""
        return keccak(self.raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """An attempt without its bytes, as it is followed."""

    nonce: Nonce
    number: int
    is_empty: bool
    digest: bytes
    fees: Fees
    after_block: int
    signed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """`bid` is the newest attempt; None while SEALED."""

    batch: BatchId
    state: BatchState
    lot: LotId
    first_serial: int
    count: int
    root: bytes
    nonce: Nonce | None = None
    bid: Bid | None = None
    inclusion: Inclusion | None = None
    reason: str | None = None

    @property
    def first_tree(self) -> TreeId:
        return tree_id(self.lot, self.first_serial)

    def signed(self, nonce: Nonce) -> Self:
        return replace(self, state=BatchState.SIGNED, nonce=nonce, reason=None)

    def mined(self, inclusion: Inclusion) -> Self:
        return replace(self, state=BatchState.MINED, inclusion=inclusion, reason=None)

    def final(self, inclusion: Inclusion) -> Self:
        return replace(self, state=BatchState.FINAL, inclusion=inclusion, reason=None)

    def vanished(self) -> Self:
        """Its block left the chain; the same bytes are sent again."""
        return replace(self, state=BatchState.SIGNED, inclusion=None)

    def dropped(self) -> Self:
        """None of its attempts can be mined any more; it is signed under another nonce."""
        return replace(
            self, state=BatchState.SEALED, nonce=None, bid=None, inclusion=None, reason=None
        )

    def blocked(self, reason: str) -> Self:
        """It waits, and is signed again when the contract would take it."""
        return replace(self.dropped(), state=BatchState.BLOCKED, reason=reason)
