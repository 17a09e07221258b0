"""What the auditor's console reads of our books: a lot's batches, and when its planting began."""

from sqlalchemy import Connection, select

from treering.domain.console import BatchRow
from treering.domain.record import LotId
from treering.store.tables.books import batches
from treering.store.tables.ground import ground_facts


class Rows:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_lot(self, lot: LotId, after: int, limit: int) -> list[BatchRow]:
        """Without the holders, which are most of a batch, from serial `after` on."""
        columns = ("first_serial", "count", "state", "root", "block_number", "transaction")
        query = (
            select(*(batches.c[name] for name in columns))
            .where(batches.c.lot == lot, batches.c.first_serial >= after)
            .order_by(batches.c.first_serial)
            .limit(limit)
        )
        return [BatchRow(*row) for row in self._connection.execute(query)]

    def planted_from(self, lot: LotId) -> str | None:
        """A day, a month or a year, as it was told."""
        query = select(ground_facts.c.value).where(
            ground_facts.c.lot == lot, ground_facts.c.fact == "PLANTED_FROM"
        )
        return self._connection.execute(query).scalar_one_or_none()
