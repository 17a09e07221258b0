"""Redemptions in SQL: a range of serials a row; the Idempotency-Key is part of the row."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Row, func, select

from treering.domain.record import LotId, TreeId, lot_of, serial_of
from treering.domain.redemption import Redemption
from treering.store.schema import lots, redemptions


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive serials of one holder."""

    holder: UUID
    first_serial: int
    count: int


class Redemptions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, redemption: Redemption, *, key: str, fingerprint: bytes, holder: UUID) -> None:
        """IntegrityError if the programme's key is taken."""
        self._connection.execute(
            redemptions.insert().values(
                id=redemption.id,
                programme=redemption.programme,
                key=key,
                fingerprint=fingerprint,
                lot=redemption.lot,
                first_serial=redemption.first_serial,
                count=redemption.count,
                holder=holder,
                masked_name=redemption.masked_name,
                price_grams=redemption.price_grams,
                campaign=redemption.campaign,
                redeemed_at=redemption.redeemed_at,
                recorded_at=redemption.recorded_at,
            )
        )

    def of_key(self, programme: str, key: str) -> tuple[Redemption, bytes] | None:
        """The redemption that this key brought, and its wish's fingerprint."""
        query = select(redemptions).where(
            redemptions.c.programme == programme, redemptions.c.key == key
        )
        row = self._connection.execute(query).one_or_none()
        return (_redemption(row), row.fingerprint) if row else None

    def get(self, programme: str, redemption_id: UUID) -> Redemption | None:
        query = select(redemptions).where(
            redemptions.c.programme == programme, redemptions.c.id == redemption_id
        )
        row = self._connection.execute(query).one_or_none()
        return _redemption(row) if row else None

    def of_tree(self, tree: TreeId) -> tuple[Redemption, UUID] | None:
        """The redemption that this record belongs to, and its holder."""
        query = (
            select(redemptions)
            .where(
                redemptions.c.lot == lot_of(tree),
                redemptions.c.first_serial <= serial_of(tree),
            )
            .order_by(redemptions.c.first_serial.desc())
            .limit(1)
        )
        row = self._connection.execute(query).one_or_none()
        if row is None or serial_of(tree) >= row.first_serial + row.count:
            return None
        return _redemption(row), row.holder

    def oldest_from(self, lot: LotId, serial: int) -> datetime | None:
        """When the redemption that holds this serial was recorded."""
        query = select(func.min(redemptions.c.recorded_at)).where(
            redemptions.c.lot == lot, redemptions.c.first_serial + redemptions.c.count > serial
        )
        oldest: datetime | None = self._connection.execute(query).scalar_one()
        return oldest

    def stretches(self, lot: LotId, first_serial: int, count: int) -> Iterator[Stretch]:
        """Who holds the serials from `first_serial` on, in order, cut to `count`."""
        end = first_serial + count
        query = (
            select(redemptions.c.holder, redemptions.c.first_serial, redemptions.c.count)
            .where(
                redemptions.c.lot == lot,
                redemptions.c.first_serial < end,
                redemptions.c.first_serial + redemptions.c.count > first_serial,
            )
            .order_by(redemptions.c.first_serial)
        )
        for holder, first, length in self._connection.execute(query):
            start = max(first, first_serial)
            yield Stretch(holder, start, min(first + length, end) - start)

    def asked(self) -> dict[int, int]:
        """How many units were asked for, by unit; from the redemptions themselves."""
        query = (
            select(lots.c.unit, func.coalesce(func.sum(redemptions.c.count), 0))
            .join(redemptions, redemptions.c.lot == lots.c.id)
            .group_by(lots.c.unit)
        )
        return {unit: int(total) for unit, total in self._connection.execute(query)}


def _redemption(row: Row[tuple[object, ...]]) -> Redemption:
    plain = "id programme first_serial count masked_name price_grams campaign".split()
    return Redemption(
        lot=LotId(row.lot),
        redeemed_at=row.redeemed_at,
        recorded_at=row.recorded_at,
        **{name: getattr(row, name) for name in plain},
    )
