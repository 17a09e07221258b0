"""A redemption: a holder spends green energy on the next units of a lot."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from treering.domain.lot import Lot, Unit
from treering.domain.record import LotId, TreeId, tree_id
from treering.errors import (
    LotFull,
    LotNotFound,
    RedemptionInFuture,
    RequestMalformed,
    UnitMismatch,
    YearMismatch,
)

MAX_UNITS = 100_000  # a bulk redemption is one row; more than a lot's usual size is a mistake
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime(1981, 1, 1, tzinfo=UTC)  # before it, nobody owed the nation a tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a programme asks for. `holder` is its own reference to the person, never shown.

    `unit` and `year`, where given, must be the lot's: a guard against a wrong lot.
    `redeemed_at` is when the person redeemed it with the programme; None means now.
    """

    lot: str
    holder: str
    name: str
    count: int = 1
    unit: Unit | None = None
    year: int | None = None
    campaign: str | None = None
    redeemed_at: datetime | None = None

    def fingerprint(self) -> bytes:
        """32 bytes that are equal for equal wishes: a repeated key must bring the same one.

        Two moments are equal when they are the same instant, in whatever zone each is written.
        """
        campaign = _json(self.campaign) if self.campaign is not None else "null"
        # Since 1970: no zone to differ in, and no zone that leads out of the years 1 to 9999.
        moment = f'"{self.redeemed_at - _EPOCH}"' if self.redeemed_at else "null"
        unit = int(self.unit) if self.unit else "null"
        year = self.year if self.year is not None else "null"
        return sha256(
            f'{{"campaign": {campaign}, "count": {self.count}, "holder": {_json(self.holder)}, '
            f'"lot": {_json(self.lot)}, "name": {_json(self.name)}, "redeemed_at": {moment}, '
            f'"unit": {unit}, "year": {year}}}'.encode()
        ).digest()


_json = json.JSONEncoder().encode  # of a text; a whole object takes it five times as long


@dataclass(frozen=True, slots=True)
class Ask:
    """A wish, as a programme brings it under an Idempotency-Key."""

    programme: str
    key: str
    wish: Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """`count` records of one lot from `first_serial` on.

    `price_grams` is the green energy spent on each, at the price of its day.
    """

    id: UUID
    programme: str
    lot: LotId
    first_serial: int
    count: int
    masked_name: str
    price_grams: int
    campaign: str | None
    redeemed_at: datetime
    recorded_at: datetime

    def trees(self) -> list[TreeId]:
        return [tree_id(self.lot, self.first_serial + i) for i in range(self.count)]


def redemption_id(first: TreeId) -> UUID:
    """The id of the redemption whose first record this is: a UUID of version 8 with its bits."""
    high, middle, low = first >> 48, first >> 36 & 0xFFF, first & 0xFFFFFFFFF
    return UUID(int=high << 80 | 8 << 76 | middle << 64 | 2 << 62 | low << 26)


def first_tree(redemption_id: UUID) -> TreeId:
    """The first record of the redemption with this id; any number, if the id is not ours."""
    bits = redemption_id.int
    return TreeId(bits >> 80 << 48 | (bits >> 64 & 0xFFF) << 36 | bits >> 26 & 0xFFFFFFFFF)


def found(lot: Lot | None, wish: Wish) -> Lot:
    """The lot that was looked up for a wish, if there is one."""
    if lot is None:
        raise LotNotFound(wish.lot)
    return lot


def check(wish: Wish, lot: Lot, now: datetime, *, taken: int = 0) -> None:
    """Refuse a wish that the lot cannot meet, of which so many more units are taken by now; the
    database refuses it again at the end."""
    check_terms(wish, lot, now)
    left = lot.left - taken
    if wish.count > left:
        raise LotFull(lot.slug, left=left, asked=wish.count)


def check_terms(wish: Wish, lot: Lot, now: datetime) -> None:
    """What does not depend on how many units are left."""
    if wish.unit is not None and wish.unit is not lot.unit:
        raise UnitMismatch(f"{lot.slug} is counted in {lot.unit.name}, not in {wish.unit.name}")
    if wish.year is not None and wish.year != lot.year:
        raise YearMismatch(f"{lot.slug} has planting year {lot.year}, not {wish.year}")
    if wish.redeemed_at is not None and wish.redeemed_at < EARLIEST:
        raise RequestMalformed(f"{wish.redeemed_at.isoformat()} is before 1981", "redeemed_at")
    if wish.redeemed_at is not None and wish.redeemed_at > now:
        raise RedemptionInFuture(f"redeemed at {wish.redeemed_at:%Y-%m-%d}, which is yet to come")
