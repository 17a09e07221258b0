"""What a holder asks for, in SQL: his name corrected, hidden, a guardian's word, his leaving."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from treering.domain.holder import HolderId
from treering.domain.record import LotId, TreeId, lot_of, serial_of
from treering.store.bell import ring
from treering.store.tables.audit import audit_log
from treering.store.tables.books import redemptions
from treering.store.tables.exchanges import exchanges
from treering.store.tables.holders import forgotten, name_corrections, tombstones

Range = tuple[LotId, int, int]  # a lot, a first serial, how many
PAGE = 500


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Entry `entry` of the log tells that the holder left; `digest` is of what remains."""

    entry: int
    hash: bytes
    digest: bytes
    at: datetime


def ranges(connection: Connection, holder: HolderId) -> list[Range]:
    """All that was redeemed for him, in order: a scan, for there is no index by holder (0020)."""
    columns = redemptions.c.lot, redemptions.c.first_serial, redemptions.c.count
    query = select(*columns).where(redemptions.c.holder == holder).order_by(*columns[:2])
    return [(LotId(lot), first, count) for lot, first, count in connection.execute(query)]


def page(connection: Connection, holder: HolderId, after: tuple[int, int]) -> list[Row[Any]]:
    """Up to PAGE of his redemptions behind (lot, first serial)."""
    place = tuple_(redemptions.c.lot, redemptions.c.first_serial)
    units = redemptions.c.count.label("units")  # a row's own `count` is a tuple's
    query = select(redemptions, units).where(redemptions.c.holder == holder, place > after)
    return list(connection.execute(query.order_by(*place.clauses).limit(PAGE)))


def exchanged(connection: Connection, holder: HolderId) -> list[Row[Any]]:
    query = select(exchanges.c.year, exchanges.c.state, exchanges.c.number, exchanges.c.applied_at)
    return list(connection.execute(query.where(exchanges.c.holder == holder)))


def row_of(connection: Connection, table: Table, holder: HolderId) -> Row[Any] | None:
    """What one of the tables above holds of him."""
    return connection.execute(select(table).where(table.c.holder == holder)).one_or_none()


def rename(connection: Connection, holder: HolderId, masked: str, now: datetime) -> list[Range]:
    """The ranges whose masked name is another from now on; each is marked as corrected."""
    mine = update(redemptions).where(
        redemptions.c.holder == holder, redemptions.c.masked_name != masked
    )
    columns = redemptions.c.lot, redemptions.c.first_serial, redemptions.c.count
    changed = connection.execute(mine.values(masked_name=masked).returning(*columns)).all()
    if changed:
        rows = [{**row._asdict(), "at": now} for row in changed]
        fresh = insert(name_corrections).values(rows)
        keys = [name_corrections.c.lot, name_corrections.c.first_serial]
        connection.execute(fresh.on_conflict_do_update(index_elements=keys, set_={"at": now}))
    return [(LotId(lot), first, count) for lot, first, count in changed]


def corrected_name(connection: Connection, tree: TreeId) -> str | None:
    """The masked name of a record whose name was corrected; None where it never was."""
    query = (
        select(redemptions.c.masked_name)
        .join(
            name_corrections,
            (name_corrections.c.lot == redemptions.c.lot)
            & (name_corrections.c.first_serial == redemptions.c.first_serial),
        )
        .where(
            name_corrections.c.lot == lot_of(tree),
            name_corrections.c.first_serial <= serial_of(tree),
            name_corrections.c.first_serial + name_corrections.c.count > serial_of(tree),
        )
    )
    return connection.execute(query).scalar_one_or_none()


def put(connection: Connection, table: Table, holder: HolderId, **values: object) -> None:
    """His row in one of the tables above, in place of the one that was there."""
    fresh = insert(table).values(holder=holder, **values)
    connection.execute(fresh.on_conflict_do_update(index_elements=["holder"], set_=values))


def remove(connection: Connection, table: Table, holder: HolderId) -> bool:
    return connection.execute(delete(table).where(table.c.holder == holder)).rowcount == 1


def bury(connection: Connection, nobody: HolderId, entry: int, digest: bytes) -> None:
    connection.execute(insert(tombstones).values(holder=nobody, entry=entry, digest=digest))


def tombstone(connection: Connection, nobody: HolderId) -> Tombstone | None:
    """What stands for a holder who left, by the row that his records are under now."""
    query = (
        select(tombstones.c.entry, tombstones.c.digest, audit_log.c.hash, audit_log.c.at)
        .join(audit_log, audit_log.c.number == tombstones.c.entry)
        .where(tombstones.c.holder == nobody)
    )
    row = connection.execute(query).one_or_none()
    return Tombstone(row.entry, row.hash, row.digest, row.at) if row else None


def forget(connection: Connection, gone: Sequence[Range], now: datetime) -> None:
    """Tells every process's caches, from the end of this transaction on.

    Whoever calls it has written to the log before, whose lock keeps these numbers in order.
    """
    if gone:
        names = "lot", "first_serial", "count"
        rows = [{**dict(zip(names, each, strict=True)), "at": now} for each in gone]
        connection.execute(insert(forgotten), rows)
        ring(connection)  # and what was read of them is read again


def forgotten_since(connection: Connection, number: int) -> Iterator[tuple[int, Range]]:
    columns = forgotten.c.number, forgotten.c.lot, forgotten.c.first_serial, forgotten.c.count
    query = select(*columns).where(forgotten.c.number > number).order_by(forgotten.c.number)
    for last, lot, first, count in connection.execute(query):
        yield last, (LotId(lot), first, count)


def last_forgotten(connection: Connection) -> int:
    query = select(func.coalesce(func.max(forgotten.c.number), 0))
    return int(connection.execute(query).scalar_one())
