"""What became of records, in SQL: written as far as the chain is followed, read as of a block."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, text
from sqlalchemy.dialects.postgresql import insert

from treering.domain.provenance.search import Pin, Told
from treering.domain.record import LotId, TreeId, lot_of, serial_of
from treering.store.tables.events import followed, record_events

_LOCK = 0x7265_6576  # any number, the same everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEvent:
    """`value` is the reason's number, the successor's tree id or the commitment, as bytes."""

    block: int
    index: int
    tree: TreeId
    kind: Told
    value: bytes
    at: datetime


class RecordEvents:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def is_mine(self) -> bool:
        """Whether nobody else follows now; until the transaction ends."""
        query = text("SELECT pg_try_advisory_xact_lock(:lock)")
        return bool(self._connection.execute(query, {"lock": _LOCK}).scalar_one())

    def followed(self) -> Pin | None:
        """The newest block whose events are all here; None before the first."""
        row = self._connection.execute(select(followed)).one_or_none()
        return Pin(row.block, row.hash, row.at) if row else None

    def forget(self) -> None:
        """Everything: the chain is not the one that was followed."""
        self._connection.execute(delete(record_events))
        self._connection.execute(delete(followed))

    def keep(self, events: Iterable[RecordEvent], pin: Pin) -> None:
        """The events up to this block, which are all that there are."""
        rows = [
            {
                "block": event.block,
                "index": event.index,
                "lot": lot_of(event.tree),
                "serial": serial_of(event.tree),
                "kind": event.kind,
                "value": event.value,
                "at": event.at,
            }
            for event in events
        ]
        if rows:
            self._connection.execute(record_events.insert(), rows)
        fresh = {"block": pin.block, "hash": pin.hash, "at": pin.at}
        statement = insert(followed).values(fresh)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["sole"], set_=fresh)
        )

    def of(self, lot: LotId, first: int, end: int, block: int) -> dict[int, dict[Told, bytes]]:
        """By serial from `first` to before `end`, what the events up to this block came to."""
        query = (
            select(record_events)
            .where(
                record_events.c.lot == lot,
                record_events.c.serial >= first,
                record_events.c.serial < end,
                record_events.c.block <= block,
            )
            .order_by(record_events.c.block, record_events.c.index)
        )
        came_to: dict[int, dict[Told, bytes]] = {}
        for row in self._connection.execute(query):
            of_record = came_to.setdefault(row.serial, {})
            if row.kind == Told.RELEASED:
                of_record.pop(Told.CLAIMED, None)
            else:
                of_record[Told(row.kind)] = row.value
        return came_to
