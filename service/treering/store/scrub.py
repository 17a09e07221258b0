"""What a scrub reads: every page of every table, every batch, every signed transaction."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from treering.domain.record import LotId
from treering.store.tables import metadata
from treering.store.tables.books import batches, transactions

_AT_ONCE = 64  # batches: at most 8 MB of holders
_STRAYS = text("""
SELECT t.feed, t.tree FROM mirror_trees AS t
LEFT JOIN mirror_certificates AS c ON c.feed = t.feed AND c.certificate = t.certificate
WHERE c.certificate IS NULL ORDER BY t.feed, t.tree
""")


@dataclass(frozen=True, slots=True)
class Kept:
    """What of a batch never changes."""

    id: int
    lot: LotId
    first_serial: int
    count: int
    holders: bytes
    root: bytes

    @property
    def name(self) -> str:
        end = self.first_serial + self.count - 1
        return f"batch {self.id} (lot {self.lot}, serials {self.first_serial} to {end})"


def unreadable(engine: Engine) -> Iterator[tuple[str, str]]:
    """(table, what PostgreSQL said) of each table that cannot be read to its end."""
    for table in metadata.sorted_tables:
        try:
            with engine.connect() as connection:
                connection.execute(text(f"SELECT count(whole::text) FROM {table.name} AS whole"))  # noqa: S608
        except DBAPIError as error:
            yield table.name, str(error.orig).partition("\n")[0]


def every_batch(connection: Connection) -> Iterator[Kept]:
    columns = [batches.c[name] for name in Kept.__dataclass_fields__]
    last = -1
    while True:
        page = select(*columns).where(batches.c.id > last).order_by(batches.c.id).limit(_AT_ONCE)
        found = [Kept(**row._mapping) for row in connection.execute(page)]  # noqa: SLF001
        yield from found
        if len(found) < _AT_ONCE:
            return
        last = found[-1].id


def every_transaction(connection: Connection) -> Iterator[tuple[str, bytes, bytes]]:
    """(name, digest, signed bytes) of each attempt whose bytes are kept."""
    column = transactions.c
    query = select(column.nonce, column.attempt, column.minter, column.digest, column.raw)
    for row in connection.execute(query.where(column.raw.is_not(None))).yield_per(1000):
        name = f"transaction of 0x{row.minter.hex()}, nonce {row.nonce}, attempt {row.attempt}"
        yield name, row.digest, row.raw


def strays(connection: Connection) -> Iterator[str]:
    """Trees that a mirror lists for a certificate that it does not hold."""
    for feed, tree in connection.execute(_STRAYS).yield_per(1000):
        yield f"tree {int(tree):024x} in the mirror of {feed}"
