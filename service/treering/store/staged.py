"""Bundles of a log that were proven under a signed head and wait for the rest of it, in SQL.

They are committed as they come, so whoever dies in the middle of a long log goes on from there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from treering.store.tables.drops import mirror_staged


@dataclass(frozen=True, slots=True)
class Bundle:
    """`raw` holds `count` entries from index `start` on, as they came."""

    start: int
    count: int
    raw: bytes


class Staged:
    """Those of one feed, the log's origin."""

    def __init__(self, connection: Connection, feed: str) -> None:
        self._connection = connection
        self._feed = feed
        self._mine = mirror_staged.c.feed == feed

    def add(self, bundles: Sequence[Bundle]) -> None:
        """A wider one replaces what was there from the same index on."""
        rows = [
            {"feed": self._feed, "start": one.start, "count": one.count, "raw": one.raw}
            for one in bundles
        ]
        statement = insert(mirror_staged)
        fresh = {"count": statement.excluded.count, "raw": statement.excluded.raw}
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["feed", "start"], set_=fresh), rows
        )

    def read(self, start: int, end: int, *, at_once: int = 64) -> Iterator[list[Bundle]]:
        """Those that begin from `start` to before `end`, in order, some at a time."""
        table = mirror_staged
        while start < end:
            query = select(table.c.start, table.c.count, table.c.raw).where(self._mine)
            query = query.where(table.c.start >= start, table.c.start < end)
            rows = self._connection.execute(query.order_by(table.c.start).limit(at_once)).all()
            if not rows:
                return
            yield [Bundle(*row) for row in rows]
            start = rows[-1].start + 1

    def clear(self) -> None:
        self._connection.execute(delete(mirror_staged).where(self._mine))
