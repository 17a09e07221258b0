"""What the chain says, laid beside our tables: temporary tables in the reader's transaction.

Filled by COPY as the chain is read, so that a process holds no more than one answer of the
node; PostgreSQL sorts and joins what would not fit here.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, text

from treering.store.driver import driver

_TABLES = (
    "staged_batches (lot bigint, first_serial bigint, count integer, root bytea, holders bytea)",
    "staged_claims (seq bigint, tree numeric(29, 0), block bigint, claim bytea, released bytea)",
    "staged_revoked (tree numeric(29, 0))",
    "staged_moving (tree numeric(29, 0))",
)
_ORDERED = (
    "SELECT c.lot, c.first_serial, c.holders FROM staged_batches AS c "
    "JOIN batches AS b ON b.lot = c.lot AND b.first_serial = c.first_serial "
    "ORDER BY c.lot, c.first_serial"
)
_HELD = (
    "SELECT r.lot, r.first_serial, r.count, h.sealed FROM redemptions AS r "
    "JOIN holders AS h ON h.id = r.holder ORDER BY r.lot, r.first_serial"
)
Batch = tuple[int, int, bytes]  # lot, first serial, holders of 20 bytes each
Held = tuple[int, int, int, bytes]  # lot, first serial, count, the holder's sealed secret


class Stage:
    """Within one transaction, at whose end everything here is gone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self) -> None:
        for table in _TABLES:
            self._connection.execute(text(f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP"))

    def batches(self, rows: Iterable[tuple[int, int, int, bytes, bytes]]) -> None:
        """Lot, first serial, count, root, holders."""
        self._copy("staged_batches", rows)

    def claims(self, rows: Iterable[tuple[int, int, int, bytes | None, bytes | None]]) -> None:
        """Rising number, tree, block, the certificate claimed for or released from."""
        self._copy("staged_claims", rows)

    def revoked(self, trees: Iterable[int]) -> None:
        self._copy("staged_revoked", ((tree,) for tree in trees))

    def moving(self, trees: Iterable[int]) -> None:
        """Records that the chain has touched since the pinned block."""
        self._copy("staged_moving", ((tree,) for tree in trees))

    def ready(self) -> None:
        """Nothing more comes: let PostgreSQL see what there is."""
        for table in _TABLES:
            self._connection.execute(text(f"ANALYZE {table.partition(' ')[0]}"))

    def ordered(self) -> Iterator[Batch]:
        """The chain's batches that our database has too, by lot and serial."""
        yield from self._stream("staged_in_order", _ORDERED, 50)

    def held(self) -> Iterator[Held]:
        """All redemptions with their holders' boxes, in the same order."""
        yield from self._stream("held_in_order", _HELD, 5000)

    def _stream(self, name: str, query: str, at_once: int) -> Iterator[Any]:
        with (
            driver(self._connection) as raw,
            raw.cursor(name, binary=True) as cursor,
        ):
            cursor.itersize = at_once
            yield from cursor.execute(query)

    def _copy(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        with (
            driver(self._connection) as raw,
            raw.cursor().copy(f"COPY {table} FROM STDIN".encode()) as out,
        ):
            for row in rows:
                out.write_row(row)
