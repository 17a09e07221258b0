"""Batches in SQL, as pages and sealing see them. `flights.py` moves them."""

from collections.abc import Sequence

from sqlalchemy import Connection, Row, delete, func, select

from treering.domain.batch import Batch, BatchId, BatchState, Inclusion
from treering.domain.record import LotId, TreeId, lot_of, serial_of
from treering.errors import BatchMoved
from treering.store.tables.books import batches, lots, transactions


class Batches:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, sealed: Sequence[Batch], programme: str) -> None:
        """Sealed batches of a programme; their ids are given by the database, in this order."""
        rows = [_row(batch, programme) for batch in sealed]
        self._connection.execute(batches.insert(), rows)

    def get(self, batch: BatchId) -> Batch:
        return batch_of(
            self._connection.execute(select(batches).where(batches.c.id == batch)).one()
        )

    def of_tree(self, tree: TreeId) -> Batch | None:
        """The batch that holds this record."""
        query = (
            select(batches)
            .where(
                batches.c.lot == lot_of(tree),
                batches.c.first_serial <= serial_of(tree),
                batches.c.first_serial + batches.c.count > serial_of(tree),
            )
            .order_by(batches.c.first_serial.desc())
        )
        row = self._connection.execute(query).one_or_none()
        return batch_of(row) if row else None

    def next_first(self, lot: LotId, serial: int) -> int | None:
        """The first serial of the lot's next batch after this serial."""
        query = select(func.min(batches.c.first_serial)).where(
            batches.c.lot == lot, batches.c.first_serial > serial
        )
        first: int | None = self._connection.execute(query).scalar_one()
        return first

    def split(self, batch: Batch, programme: str) -> None:
        """Two halves in the place of a sealed batch; BatchMoved if it is no longer sealed."""
        gone = self._connection.execute(
            delete(batches).where(batches.c.id == batch.id, batches.c.state == BatchState.SEALED)
        )
        if gone.rowcount != 1:
            raise BatchMoved(f"batch {batch.id} is no longer sealed")
        self.add(batch.halves(), programme)

    def counts(self) -> dict[tuple[int, str], int]:
        """How many units batches hold, by (unit, state)."""
        query = (
            select(lots.c.unit, batches.c.state, func.sum(batches.c.count))
            .join(lots, lots.c.id == batches.c.lot)
            .group_by(lots.c.unit, batches.c.state)
        )
        return {(unit, state): int(n) for unit, state, n in self._connection.execute(query)}

    def unsent(self) -> dict[int, int]:
        """How many units lie in signed batches that no node has taken yet, by unit."""
        taken = select(transactions.c.batch).where(
            transactions.c.batch == batches.c.id, transactions.c.sent_at.is_not(None)
        )
        query = (
            select(lots.c.unit, func.sum(batches.c.count))
            .join(lots, lots.c.id == batches.c.lot)
            .where(batches.c.state == BatchState.SIGNED, ~taken.exists())
            .group_by(lots.c.unit)
        )
        return {unit: int(n) for unit, n in self._connection.execute(query)}


def _row(batch: Batch, programme: str) -> dict[str, object]:
    return {
        "programme": programme,
        "lot": batch.lot,
        "first_serial": batch.first_serial,
        "count": batch.count,
        "state": batch.state,
        "holders": batch.holders,
        "root": batch.root,
        "sealed_at": batch.sealed_at,
    }


def batch_of(row: Row[tuple[object, ...]]) -> Batch:
    return Batch(
        id=BatchId(row.id),
        state=BatchState(row.state),
        lot=LotId(row.lot),
        first_serial=row.first_serial,
        holders=row.holders,
        root=row.root,
        sealed_at=row.sealed_at,
        inclusion=inclusion(row),
        reason=row.reason,
    )


def inclusion(row: Row[tuple[object, ...]]) -> Inclusion | None:
    """The block of a row of batches; None while there is none."""
    if row.block_hash is None:
        return None
    return Inclusion(
        block_number=row.block_number,
        block_hash=row.block_hash,
        block_time=row.block_time,
        transaction=row.transaction,
    )
