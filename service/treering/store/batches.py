"""Batches in SQL. A batch changes state by one conditional UPDATE, so two workers that pick
up the same batch cannot both move it."""

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.exc import IntegrityError

from treering.domain.batch import Batch, BatchId, BatchState, Inclusion
from treering.domain.record import LotId, TreeId, lot_of, serial_of
from treering.errors import BatchMoved
from treering.store.schema import batches, lots

_UNSETTLED = (BatchState.SEALED, BatchState.SIGNED, BatchState.MINED)


class Batches:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, batch: Batch, programme: str) -> None:
        """Its id is given by the database."""
        values = {"programme": programme, "count": batch.count, **_changing(batch)}
        fixed = {"lot": batch.lot, "first_serial": batch.first_serial, "holders": batch.holders}
        self._connection.execute(
            batches.insert().values(**values, **fixed, root=batch.root, sealed_at=batch.sealed_at)
        )

    def unsettled(self, programme: str) -> list[Batch]:
        """Batches that still have a step to take, oldest first."""
        query = (
            select(batches)
            .where(batches.c.programme == programme, batches.c.state.in_(_UNSETTLED))
            .order_by(batches.c.id)
        )
        return [_batch(row) for row in self._connection.execute(query)]

    def in_state(self, *states: BatchState) -> list[Batch]:
        query = select(batches).where(batches.c.state.in_(states)).order_by(batches.c.id)
        return [_batch(row) for row in self._connection.execute(query)]

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
        return _batch(row) if row else None

    def replace(self, before: Batch, after: Batch) -> None:
        """Write `after` over `before`; BatchMoved if another worker moved it or took its nonce."""
        try:
            written = self._connection.execute(
                update(batches)
                .where(
                    batches.c.id == before.id,
                    batches.c.state == before.state,
                    batches.c.nonce.is_not_distinct_from(before.nonce),
                )
                .values(_changing(after))
            )
        except IntegrityError as error:
            raise BatchMoved(f"nonce {after.nonce} serves another batch") from error
        if written.rowcount != 1:
            raise BatchMoved(f"batch {before.id} is no longer {before.state}")

    def counts(self) -> dict[tuple[int, str], int]:
        """How many units batches hold, by (unit, state)."""
        query = (
            select(lots.c.unit, batches.c.state, func.sum(batches.c.count))
            .join(lots, lots.c.id == batches.c.lot)
            .group_by(lots.c.unit, batches.c.state)
        )
        return {(unit, state): int(n) for unit, state, n in self._connection.execute(query)}


def _changing(batch: Batch) -> dict[str, object]:
    block = batch.inclusion
    return {
        "state": batch.state,
        "nonce": batch.nonce,
        "raw_transaction": batch.raw_transaction,
        "block_number": block.block_number if block else None,
        "block_hash": block.block_hash if block else None,
        "block_time": block.block_time if block else None,
        "transaction": block.transaction if block else None,
        "reason": batch.reason,
    }


def _batch(row: Row[tuple[object, ...]]) -> Batch:
    return Batch(
        id=BatchId(row.id),
        state=BatchState(row.state),
        lot=LotId(row.lot),
        first_serial=row.first_serial,
        holders=row.holders,
        root=row.root,
        sealed_at=row.sealed_at,
        nonce=row.nonce,
        raw_transaction=row.raw_transaction,
        inclusion=_inclusion(row),
        reason=row.reason,
    )


def _inclusion(row: Row[tuple[object, ...]]) -> Inclusion | None:
    if row.block_hash is None:
        return None
    return Inclusion(
        block_number=row.block_number,
        block_hash=row.block_hash,
        block_time=row.block_time,
        transaction=row.transaction,
    )
