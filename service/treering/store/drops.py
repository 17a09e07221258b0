"""Drops in SQL: raw bytes by their hash, in the order in which they were taken over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, func, insert, select

from treering.store.tables.drops import mirror_drops


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A file that made the log grow from `first` to `end` entries."""

    name: str
    form: str
    received_at: datetime
    rows: int
    first: int
    end: int
    raw: bytes


class Drops:
    """Those of one log of ours."""

    def __init__(self, connection: Connection, feed: str) -> None:
        self._connection = connection
        self._feed = feed

    def has(self, raw: bytes) -> bool:
        """Whether this very content was taken over before."""
        query = select(mirror_drops.c.number).where(
            mirror_drops.c.feed == self._feed, mirror_drops.c.sha256 == sha256(raw).digest()
        )
        return self._connection.execute(query).first() is not None

    def add(self, drop: Drop) -> None:
        count = select(func.count()).where(mirror_drops.c.feed == self._feed)
        self._connection.execute(
            insert(mirror_drops).values(
                feed=self._feed,
                number=count.scalar_subquery(),
                sha256=sha256(drop.raw).digest(),
                name=drop.name,
                form=drop.form,
                received_at=drop.received_at,
                rows=drop.rows,
                first=drop.first,
                end=drop.end,
                raw=drop.raw,
            )
        )

    def all(self) -> Iterator[Drop]:
        """In the order in which they came."""
        names = ("name", "form", "received_at", "rows", "first", "end", "raw")
        query = select(*(mirror_drops.c[name] for name in names))
        query = query.where(mirror_drops.c.feed == self._feed).order_by(mirror_drops.c.number)
        for row in self._connection.execute(query).mappings():
            yield Drop(**row)
