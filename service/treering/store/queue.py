"""The queue as it stands: how much waits in which state, since when, and what is stopped."""

from datetime import datetime

from sqlalchemy import Connection, and_, func, select, true, union_all

from treering.domain.batch import BatchState
from treering.domain.overview import Stopped, Waiting
from treering.store.tables.books import batches, lots, redemptions

_MOST = 100  # stopped batches that anybody reads
_ORDER = list(BatchState)


def waiting(connection: Connection) -> list[Waiting]:
    """Redeemed and in no batch, then batches by state, in the order of their way."""
    rows = connection.execute(
        select(
            batches.c.state,
            func.count().label("batches"),
            func.sum(batches.c.count).label("records"),
            func.min(batches.c.sealed_at).label("oldest"),
        ).group_by(batches.c.state)
    ).all()
    held = sorted(rows, key=lambda row: _ORDER.index(BatchState(row.state)))
    found = [
        Waiting(
            state=row.state,
            batches=row.batches,
            records=int(row.records),
            # What is final has arrived: its age says nothing.
            oldest=None if row.state == BatchState.FINAL else row.oldest,
        )
        for row in held
    ]
    return [_redeemed(connection), *found]


def stopped(connection: Connection) -> list[Stopped]:
    query = (
        select(
            batches.c.id,
            lots.c.slug,
            batches.c.first_serial,
            batches.c.count.label("size"),
            batches.c.reason,
            batches.c.sealed_at,
        )
        .join(lots, lots.c.id == batches.c.lot)
        .where(batches.c.state == BatchState.BLOCKED)
        .order_by(batches.c.id)
        .limit(_MOST)
    )
    return [
        Stopped(
            batch=row.id,
            lot=row.slug,
            first_serial=row.first_serial,
            count=row.size,
            reason=row.reason or "",
            sealed_at=row.sealed_at,
        )
        for row in connection.execute(query)
    ]


def in_flight(connection: Connection) -> dict[str, int]:
    """How many signed batches each programme's minter has on their way, by its code."""
    query = (
        select(batches.c.programme, func.count().label("flying"))
        .where(batches.c.state == BatchState.SIGNED)
        .group_by(batches.c.programme)
    )
    return {row.programme: row.flying for row in connection.execute(query)}


def oldest_unfinal(connection: Connection) -> datetime | None:
    """When the oldest record that is not final yet was redeemed; None where all are final.

    Of each lot the first one: what comes after it was recorded later.
    """
    first = union_all(
        select(batches.c.lot, func.min(batches.c.first_serial).label("serial"))
        .where(batches.c.state != BatchState.FINAL)
        .group_by(batches.c.lot),
        select(lots.c.id, lots.c.sealed).where(lots.c.asked > lots.c.sealed),
    ).subquery()
    holds_it = (
        select(redemptions.c.recorded_at)
        .where(redemptions.c.lot == first.c.lot, redemptions.c.first_serial <= first.c.serial)
        .order_by(redemptions.c.first_serial.desc())
        .limit(1)
        .lateral()
    )
    query = select(func.min(holds_it.c.recorded_at)).select_from(first).join(holds_it, true())
    oldest: datetime | None = connection.execute(query).scalar_one()
    return oldest


def _redeemed(connection: Connection) -> Waiting:
    """The oldest of each lot is one look into the index of its serials."""
    first = (
        select(func.min(redemptions.c.recorded_at).label("at"))
        .where(
            and_(
                redemptions.c.lot == lots.c.id,
                redemptions.c.first_serial >= lots.c.sealed,
                redemptions.c.first_serial < lots.c.sealed + 1000,
            )
        )
        .lateral()
    )
    query = (
        select(func.coalesce(func.sum(lots.c.asked - lots.c.sealed), 0), func.min(first.c.at))
        .select_from(lots)
        .join(first, true())
        .where(lots.c.asked > lots.c.sealed)
    )
    records, oldest = connection.execute(query).one()
    return Waiting(state="redeemed", batches=0, records=int(records), oldest=oldest)
