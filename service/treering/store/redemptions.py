"""Redemptions in SQL: a range of serials a row; Idempotency-Keys have rows of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, select

from treering.domain.holder import HolderId
from treering.domain.record import LotId, TreeId, lot_of, serial_of, tree_id
from treering.domain.redemption import Redemption, first_tree, redemption_id
from treering.store.schema import former_ids, lots, redemption_keys, redemptions


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive serials of one holder."""

    holder: HolderId
    first_serial: int
    count: int


class Redemptions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self, redemption: Redemption, *, key: str, fingerprint: bytes, holder: HolderId
    ) -> None:
        """IntegrityError if the programme's key is taken."""
        self._connection.execute(
            redemptions.insert().values(
                lot=redemption.lot,
                first_serial=redemption.first_serial,
                count=redemption.count,
                holder=holder,
                masked_name=redemption.masked_name,
                price_grams=redemption.price_grams,
                campaign=redemption.campaign or "",
                redeemed_at=redemption.redeemed_at,
                recorded_at=redemption.recorded_at,
            )
        )
        self._connection.execute(
            redemption_keys.insert().values(
                hash=key_hash(redemption.programme, key),
                fingerprint=fingerprint,
                lot=redemption.lot,
                first_serial=redemption.first_serial,
            )
        )

    def of_key(self, programme: str, key: str) -> tuple[Redemption, bytes] | None:
        """The redemption that this key brought, and its wish's fingerprint."""
        query = (
            _query()
            .add_columns(redemption_keys.c.fingerprint)
            .join(
                redemption_keys,
                (redemption_keys.c.lot == redemptions.c.lot)
                & (redemption_keys.c.first_serial == redemptions.c.first_serial),
            )
            .where(redemption_keys.c.hash == key_hash(programme, key))
        )
        row = self._connection.execute(query).one_or_none()
        return (_redemption(row), row.fingerprint) if row else None

    def get(self, programme: str, redemption_id: UUID) -> Redemption | None:
        tree = self._former(redemption_id) or first_tree(redemption_id)
        if lot_of(tree) >= 2**63:  # no lot of ours, nor a number that PostgreSQL could keep
            return None
        query = _query().where(
            lots.c.programme == programme,
            redemptions.c.lot == lot_of(tree),
            redemptions.c.first_serial == serial_of(tree),
        )
        row = self._connection.execute(query).one_or_none()
        found = _redemption(row) if row else None
        return found if found and found.id == redemption_id else None

    def of_tree(self, tree: TreeId) -> tuple[Redemption, HolderId] | None:
        """The redemption that this record belongs to, and its holder."""
        query = (
            _query()
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

    def _former(self, redemption_id: UUID) -> TreeId | None:
        query = select(former_ids).where(former_ids.c.id == redemption_id)
        row = self._connection.execute(query).one_or_none()
        return tree_id(LotId(row.lot), row.first_serial) if row else None

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


def key_hash(programme: str, key: str) -> str:
    """What is kept of an Idempotency-Key: 16 bytes, as hexadecimal."""
    return sha256(f"{programme}\0{key}".encode()).hexdigest()[:32]


def _query() -> Select[tuple[object, ...]]:
    """Redemptions with their programme, and the id of those that have one of their own."""
    return (
        select(redemptions, lots.c.programme, former_ids.c.id)
        .join(lots, lots.c.id == redemptions.c.lot)
        .outerjoin(
            former_ids,
            (former_ids.c.lot == redemptions.c.lot)
            & (former_ids.c.first_serial == redemptions.c.first_serial),
        )
    )


def _redemption(row: Row[tuple[object, ...]]) -> Redemption:
    plain = "programme first_serial count masked_name price_grams redeemed_at recorded_at".split()
    lot = LotId(row.lot)
    return Redemption(
        id=row.id or redemption_id(tree_id(lot, row.first_serial)),
        lot=lot,
        campaign=row.campaign or None,
        **{name: getattr(row, name) for name in plain},
    )
