"""Redemptions in SQL: a range of serials a row; Idempotency-Keys have rows of their own."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Row,
    Select,
    Uuid,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
    tuple_,
    type_coerce,
)

from treering.domain.holder import HolderId
from treering.domain.name import HIDDEN
from treering.domain.record import LotId, TreeId, lot_of, serial_of, tree_id
from treering.domain.redemption import Redemption, first_tree, redemption_id
from treering.store.tables.books import former_ids, lots, redemption_keys, redemptions
from treering.store.tables.holders import hidden_names

Place = tuple[str, str]  # programme and Idempotency-Key
Brought = tuple[Redemption, bytes]  # under a key, with the fingerprint of its wish
_HIDDEN: ColumnElement[str] = literal_column(
    f"'{HIDDEN}'"
)  # no parameter: statements in a trip are given their own
_HASHES = ARRAY(Uuid(as_uuid=False))


class Redemptions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def at(self, keys: Iterable[Place]) -> dict[Place, Brought]:
        """What these keys have brought, by programme and key."""
        places = places_of(keys)
        return brought(places, self._connection.execute(OF_KEYS, {"hashes": list(places)}))

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
        found = redemption_of(row) if row else None
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
        return redemption_of(row), row.holder

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
        """How many units were asked for, by unit; from the redemptions themselves.

        Serials of a lot have no gap, so the end of its last redemption is their number: one
        look into the index a lot, however many redemptions there are.
        """
        last = (
            select((redemptions.c.first_serial + redemptions.c.count).label("end"))
            .where(redemptions.c.lot == lots.c.id)
            .order_by(redemptions.c.first_serial.desc())
            .limit(1)
            .lateral()
        )
        query = select(lots.c.unit, func.sum(last.c.end)).join(last, true()).group_by(lots.c.unit)
        return {unit: int(total) for unit, total in self._connection.execute(query)}


def listed(
    connection: Connection, province: str, after: tuple[int, int], limit: int
) -> list[dict[str, Any]]:
    """What was redeemed in a province's lots, behind (lot, first serial), in order."""
    place = tuple_(redemptions.c.lot, redemptions.c.first_serial)
    query = (
        _query()
        .add_columns(lots.c.slug, lots.c.year)
        .where(lots.c.province == province, place > after)
        .order_by(redemptions.c.lot, redemptions.c.first_serial)
        .limit(limit)
    )
    return [_listed(row) for row in connection.execute(query)]


def _listed(row: Row[Any]) -> dict[str, Any]:
    made = redemption_of(row)
    return {
        "lot": row.slug,
        "lot_id": made.lot,
        "year": row.year,
        "first_serial": made.first_serial,
        "count": made.count,
        "masked_name": made.masked_name,
        "redeemed_at": made.redeemed_at.isoformat(),
    }


def key_hash(programme: str, key: str) -> str:
    """What is kept of an Idempotency-Key: 16 bytes, as hexadecimal."""
    return sha256(f"{programme}\0{key}".encode()).hexdigest()[:32]


def places_of(keys: Iterable[Place]) -> dict[str, Place]:
    """By the hash under which a key is kept."""
    return {key_hash(*place): place for place in keys}


def brought(places: Mapping[str, Place], rows: Iterable[Any]) -> dict[Place, Brought]:
    """From the rows of OF_KEYS."""
    return {places[row.hash.hex]: (redemption_of(row), row.fingerprint) for row in rows}


def _query() -> Select[tuple[object, ...]]:
    """Redemptions with their programme, the id of those that have one of their own, and the
    name of those who consent to its being shown."""
    shown = case((hidden_names.c.holder.is_(None), redemptions.c.masked_name), else_=_HIDDEN)
    plain = [column for column in redemptions.c if column.name != "masked_name"]
    return (
        select(*plain, shown.label("masked_name"), lots.c.programme, former_ids.c.id)
        .outerjoin(hidden_names, hidden_names.c.holder == redemptions.c.holder)
        .join(lots, lots.c.id == redemptions.c.lot)
        .outerjoin(
            former_ids,
            (former_ids.c.lot == redemptions.c.lot)
            & (former_ids.c.first_serial == redemptions.c.first_serial),
        )
    )


def redemption_of(row: Row[tuple[object, ...]]) -> Redemption:
    """From a row of `_query`."""
    plain = "programme first_serial count masked_name price_grams redeemed_at recorded_at".split()
    lot = LotId(row.lot)
    return Redemption(
        id=row.id or redemption_id(tree_id(lot, row.first_serial)),
        lot=lot,
        campaign=row.campaign or None,
        **{name: getattr(row, name) for name in plain},
    )


# What these `hashes` of keys have brought.
OF_KEYS = (
    _query()
    .add_columns(type_coerce(redemption_keys.c.hash, Uuid), redemption_keys.c.fingerprint)
    .join(
        redemption_keys,
        (redemption_keys.c.lot == redemptions.c.lot)
        & (redemption_keys.c.first_serial == redemptions.c.first_serial),
    )
    .where(redemption_keys.c.hash == any_(bindparam("hashes", type_=_HASHES)))
)
