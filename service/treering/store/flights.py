"""Flights in SQL: batches on their way, without their records. A flight changes state by one
conditional UPDATE, so two workers that pick up the same one cannot both move it."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import (
    Connection,
    Row,
    Select,
    Update,
    bindparam,
    lateral,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import distinct_on

from treering.domain.batch import BatchId, BatchState
from treering.domain.fees import Fees
from treering.domain.flight import Bid, Flight, Nonce
from treering.domain.record import LotId
from treering.store.batches import inclusion
from treering.store.bell import ring
from treering.store.tables.books import batches, transactions

_FLYING = (BatchState.SIGNED, BatchState.MINED)
_WAITING = (BatchState.SEALED, BatchState.BLOCKED)
_OWN = "id state lot first_serial root nonce reason".split()
_BLOCK = "block_number block_hash block_time transaction".split()
_CHANGING = ("state", "nonce", "reason", *_BLOCK)


class Flights:
    """The flights of one programme."""

    def __init__(self, connection: Connection, programme: str) -> None:
        self._connection = connection
        self._programme = programme

    def flying(self) -> list[Flight]:
        """Signed and mined ones, by nonce."""
        return self._all(_query(batches.c.state.in_(_FLYING)).order_by(batches.c.nonce))

    def heads(self) -> list[Flight]:
        """The first sealed or blocked one of each lot, oldest first: all behind it wait for it."""
        query = _query(batches.c.state.in_(_WAITING)).ext(distinct_on(batches.c.lot))
        found = self._all(query.order_by(batches.c.lot, batches.c.first_serial))
        return sorted(found, key=lambda flight: flight.batch)

    def sealed_from(self, head: Flight, limit: int) -> list[Flight]:
        """The lot's next sealed ones from `head` on, without a gap, `limit` at most."""
        query = _query(
            batches.c.state == BatchState.SEALED,
            batches.c.lot == head.lot,
            batches.c.first_serial >= head.first_serial,
        )
        run: list[Flight] = []
        expected = head.first_serial
        for flight in self._all(query.order_by(batches.c.first_serial).limit(limit)):
            if flight.first_serial != expected:
                break
            run.append(flight)
            expected += flight.count
        return run

    def newest_final(self) -> list[Flight]:
        """The last final one of each lot."""
        query = _query(batches.c.state == BatchState.FINAL).ext(distinct_on(batches.c.lot))
        return self._all(query.order_by(batches.c.lot, batches.c.first_serial.desc()))

    def final_beyond(self, lot: LotId, minted: int) -> list[Flight]:
        """Those of a lot that hold records which a chain of so many has not."""
        query = _query(
            batches.c.state == BatchState.FINAL,
            batches.c.lot == lot,
            batches.c.first_serial + batches.c.count > minted,
        )
        return self._all(query.order_by(batches.c.first_serial))

    def in_state(self, *states: BatchState) -> list[Flight]:
        return self._all(_query(batches.c.state.in_(states)).order_by(batches.c.id))

    def move(self, before: Flight, after: Flight, minter: bytes | None = None) -> bool:
        """Write `after` over `before`; False if another worker moved it meanwhile."""
        return self.move_all([(before, after)], minter) == 1

    def move_all(self, moves: Sequence[tuple[Flight, Flight]], minter: bytes | None = None) -> int:
        """Write each after over its before; how many were still where their before says."""
        rows = [_was(before) | _changing(after, minter) for before, after in moves]
        names = _CHANGING if minter is None else (*_CHANGING, "minter")
        written = self._connection.execute(_moving(*names), rows)
        if any(before.state is BatchState.FINAL for before, _ in moves):
            ring(self._connection)  # certificates rest on them
        return int(written.rowcount)

    def _all(self, query: Select[tuple[object, ...]]) -> list[Flight]:
        mine = query.where(batches.c.programme == self._programme)
        return [_flight(row) for row in self._connection.execute(mine)]


def _query(*conditions: object) -> Select[tuple[object, ...]]:
    newest = lateral(
        select(transactions)
        .where(transactions.c.minter == batches.c.minter, transactions.c.nonce == batches.c.nonce)
        .order_by(transactions.c.attempt.desc())
        .limit(1)
    )
    bid = [newest.c[name] for name in "attempt batch digest tip cap after_block signed_at".split()]
    return (
        select(
            *[batches.c[name] for name in (*_OWN, *_BLOCK)],
            batches.c.count.label("size"),
            *[column.label(f"bid_{column.name}") for column in bid],
        )
        .select_from(batches.join(newest, literal(value=True), isouter=True))
        .where(*conditions)  # type: ignore[arg-type]
    )


@cache
def _moving(*names: str) -> Update:
    """One conditional UPDATE for each row: what was, and the new values of these columns."""
    return (
        update(batches)
        .where(
            batches.c.id == bindparam("was_id"),
            batches.c.state == bindparam("was_state"),
            batches.c.nonce.is_not_distinct_from(bindparam("was_nonce")),
        )
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def _was(flight: Flight) -> dict[str, object]:
    return {"was_id": flight.batch, "was_state": flight.state, "was_nonce": flight.nonce}


def _changing(flight: Flight, minter: bytes | None) -> dict[str, object]:
    block = flight.inclusion
    values: dict[str, object] = {
        "new_state": flight.state,
        "new_nonce": flight.nonce,
        "new_block_number": block.block_number if block else None,
        "new_block_hash": block.block_hash if block else None,
        "new_block_time": block.block_time if block else None,
        "new_transaction": block.transaction if block else None,
        "new_reason": flight.reason,
    }
    return values if minter is None else {**values, "new_minter": minter}


def _flight(row: Row[tuple[object, ...]]) -> Flight:
    return Flight(
        batch=BatchId(row.id),
        state=BatchState(row.state),
        lot=LotId(row.lot),
        first_serial=row.first_serial,
        count=row.size,  # a row has a method named count
        root=row.root,
        nonce=Nonce(row.nonce) if row.nonce is not None else None,
        bid=_bid(row) if row.bid_attempt else None,
        inclusion=inclusion(row),
        reason=row.reason,
    )


def _bid(row: Row[tuple[object, ...]]) -> Bid:
    return Bid(
        nonce=Nonce(row.nonce),
        number=row.bid_attempt,
        is_empty=row.bid_batch != row.id,
        digest=row.bid_digest,
        fees=Fees(row.bid_tip, row.bid_cap),
        after_block=row.bid_after_block,
        signed_at=row.bid_signed_at,
    )
