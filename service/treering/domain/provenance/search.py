"""Questions about many records at once, and what is answered of each: no name, no reference."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Self

import msgspec

from treering.domain.lot import Unit
from treering.domain.record import LotId, TreeId, lot_of, serial_of, tree_id
from treering.errors import RequestMalformed

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST = 500  # hits on one page; more are for an export


class RecordState(StrEnum):
    """Of a record, as of one final block."""

    PENDING = "PENDING"
    FINAL = "FINAL"
    REVOKED = "REVOKED"
    REPLACED = "REPLACED"


class Told(IntEnum):
    """What an event of the contract did to a record, numbered as the database keeps it."""

    REVOKED = 1
    REPLACED = 2
    CLAIMED = 3
    RELEASED = 4


FALLEN = {RecordState.REVOKED: Told.REVOKED, RecordState.REPLACED: Told.REPLACED}


@dataclass(frozen=True, slots=True)
class Box:
    """On the map, in degrees (WGS 84)."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Every part narrows it; None asks for any. `party` is in any role on the lot.

    `redeemed_until` is the first moment that is too late. `evidence` is a file's or a report's
    hash, `transaction` the one that brought a batch: what leads forward from either.
    `provinces` are those that whoever asks may see, None for all.
    """

    programme: str | None = None
    province: str | None = None
    site: str | None = None
    lot: str | None = None
    species: str | None = None
    unit: Unit | None = None
    year: int | None = None
    party: str | None = None
    state: RecordState | None = None
    exchanged: bool | None = None
    redeemed_from: datetime | None = None
    redeemed_until: datetime | None = None
    box: Box | None = None
    evidence: bytes | None = None
    transaction: bytes | None = None
    provinces: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """The final block that every answer is of."""

    block: int
    hash: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page goes on: the same block and moment, and the first record not shown."""

    block: int
    at: datetime
    tree: TreeId

    @classmethod
    def read(cls, text: str) -> Self:
        """RequestMalformed for what is no cursor of ours."""
        try:
            raw = base64.urlsafe_b64decode(text.encode("ascii"))
        except (ValueError, binascii.Error) as error:
            raise RequestMalformed("this is no cursor of ours", "cursor") from error
        if len(raw) != 28:
            raise RequestMalformed("this is no cursor of ours", "cursor")
        block, micros, tree = (
            int.from_bytes(part, "big") for part in (raw[:8], raw[8:16], raw[16:])
        )
        try:
            at = _EPOCH + timedelta(microseconds=micros)
        except OverflowError as error:
            raise RequestMalformed("this is no cursor of ours", "cursor") from error
        return cls(block, at, TreeId(tree))

    @property
    def text(self) -> str:
        micros = (self.at - _EPOCH) // timedelta(microseconds=1)
        raw = self.block.to_bytes(8, "big") + micros.to_bytes(8, "big")
        raw += self.tree.to_bytes(12, "big")
        return base64.urlsafe_b64encode(raw).decode()

    @property
    def lot(self) -> LotId:
        return lot_of(self.tree)

    @property
    def serial(self) -> int:
        return serial_of(self.tree)


def beginning(pin: Pin) -> Cursor:
    return Cursor(pin.block, pin.at, tree_id(LotId(0), 0))


class Hit(msgspec.Struct, frozen=True, gc=False):
    """One record. Hashes are hex with 0x; `holder` is the commitment on chain, `exchanged_for`
    that to the fulfilment certificate, `successor` the number of what replaced it."""

    number: str
    programme: str
    lot: str
    serial: int
    site: str
    province: str
    species: str
    unit: str
    year: int
    state: RecordState
    reason: str | None
    successor: str | None
    exchanged_for: str | None
    redeemed_at: datetime
    campaign: str | None
    holder: str | None
    root: str | None
    transaction: str | None
    block: int | None
    minted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """`after` is where the next page begins; None after the last."""

    pin: Pin
    hits: list[Hit]
    after: Cursor | None
