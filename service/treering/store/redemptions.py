"""Redemptions in SQL: a range of serials a row; Idempotency-Keys have rows of their own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ARRAY, Connection, Row, Select, Uuid, any_, bindparam, func, select

from treering.domain.holder import HolderId
from treering.domain.record import LotId, TreeId, lot_of, serial_of, tree_id
from treering.domain.redemption import Ask, Redemption, first_tree, redemption_id
from treering.store.many import insert_many
from treering.store.schema import former_ids, lots, redemption_keys, redemptions

Place = tuple[str, str]  # programme and Idempotency-Key
_HASHES = ARRAY(Uuid(as_uuid=False))


@dataclass(frozen=True, slots=True)
class Entry:
    """A redemption, and what is kept with it and shown to nobody."""

    redemption: Redemption
    key: str
    fingerprint: bytes
    holder: HolderId


class Redemptions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entries: Sequence[Entry]) -> None:
        """IntegrityError if a programme's key is taken."""
        insert_many(self._connection, redemptions, [_row(entry) for entry in entries])
        keys = [_key_row(entry) for entry in entries]
        # In order: of two transactions with the same keys one waits, and neither for the other.
        keys.sort(key=lambda row: str(row["hash"]))
        insert_many(self._connection, redemption_keys, keys)

    def of_keys(self, asks: Sequence[Ask]) -> dict[Place, tuple[Redemption, bytes]]:
        """What these keys have brought, by programme and key, and its wish's fingerprint."""
        return self.at([(ask.programme, ask.key) for ask in asks])

    def at(self, keys: Iterable[Place]) -> dict[Place, tuple[Redemption, bytes]]:
        """As `of_keys`, of keys alone."""
        places = {key_hash(*place): place for place in keys}
        query = (
            _query()
            .add_columns(redemption_keys.c.hash, redemption_keys.c.fingerprint)
            .join(
                redemption_keys,
                (redemption_keys.c.lot == redemptions.c.lot)
                & (redemption_keys.c.first_serial == redemptions.c.first_serial),
            )
            .where(redemption_keys.c.hash == any_(bindparam("hashes", type_=_HASHES)))
        )
        rows = self._connection.execute(query, {"hashes": list(places)})
        return {
            places[row.hash.replace("-", "")]: (_redemption(row), row.fingerprint) for row in rows
        }

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

    def recorded_at(self, lot: LotId, serial: int) -> datetime:
        """When the redemption that holds this serial was recorded."""
        query = (
            select(redemptions.c.recorded_at)
            .where(redemptions.c.lot == lot, redemptions.c.first_serial <= serial)
            .order_by(redemptions.c.first_serial.desc())
            .limit(1)
        )
        recorded: datetime = self._connection.execute(query).scalar_one()
        return recorded

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


def _row(entry: Entry) -> dict[str, object]:
    made = entry.redemption
    return {
        "lot": made.lot,
        "first_serial": made.first_serial,
        "count": made.count,
        "holder": entry.holder,
        "masked_name": made.masked_name,
        "price_grams": made.price_grams,
        "campaign": made.campaign or "",
        "redeemed_at": made.redeemed_at,
        "recorded_at": made.recorded_at,
    }


def _key_row(entry: Entry) -> dict[str, object]:
    made = entry.redemption
    return {
        "hash": key_hash(made.programme, entry.key),
        "fingerprint": entry.fingerprint,
        "lot": made.lot,
        "first_serial": made.first_serial,
    }


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
