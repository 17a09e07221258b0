"""The registry's certificates counted, as its log stood at a head."""

from datetime import datetime

from sqlalchemy import Connection, func, select, text

from treering.domain.census import Cell
from treering.store.tables.books import provinces
from treering.store.tables.mirror import mirror_certificates, mirror_heads

_AT = text("""
WITH newest AS (
    SELECT DISTINCT ON (certificate) raw FROM mirror_entries
    WHERE feed = :feed AND index < :size ORDER BY certificate, index DESC
), read AS (SELECT convert_from(raw, 'UTF8')::jsonb AS entry FROM newest)
SELECT (entry ->> 'year')::int AS year, entry ->> 'adcode' AS adcode, entry ->> 'form' AS form,
    count(*) AS certificates
FROM read WHERE entry ->> 'event' <> 'withdrawn' GROUP BY 1, 2, 3
""")
Head = tuple[int, bytes, datetime]  # size, root, when it was first signed


class CensusTaker:
    def __init__(self, connection: Connection, feed: str) -> None:
        self._connection = connection
        self._feed = feed

    def head(self, at: datetime | None) -> Head | None:
        """The newest that was signed by then; None if there was none."""
        columns = mirror_heads.c
        query = select(columns.size, columns.root, columns.first_head_time)
        query = query.where(columns.feed == self._feed)
        if at is not None:
            query = query.where(columns.first_head_time <= at)
        row = self._connection.execute(query.order_by(columns.size.desc()).limit(1)).one_or_none()
        return (row[0], bytes(row[1]), row[2]) if row else None

    def now(self) -> list[Cell]:
        """At the newest head."""
        columns = mirror_certificates.c
        key = (columns.year, columns.adcode, columns.form)
        query = select(*key, func.count().label("certificates"))
        query = query.where(columns.feed == self._feed, columns.active).group_by(*key)
        return [Cell(*row) for row in self._connection.execute(query)]

    def at(self, size: int) -> list[Cell]:
        """When the log had so many entries."""
        values = {"feed": self._feed, "size": size}
        return [Cell(*row) for row in self._connection.execute(_AT, values)]

    def names(self) -> dict[str, tuple[str, str]]:
        """Provinces in English and Chinese, by adcode."""
        rows = self._connection.execute(select(provinces))
        return {row.adcode: (row.en, row.zh) for row in rows}
