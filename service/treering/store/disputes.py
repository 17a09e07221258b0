"""Where two sources disagree, in SQL: of the same certificate they say different values, or one
lacks it though its head is from after the other's entry. In the caller's transaction."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, text

from treering.domain.contradiction import Dispute
from treering.domain.record import TreeId
from treering.store.tables.contradictions import mirror_disputes

# Compared is what an entry states, not when it was entered or whether by a correction.
_SIDE = """
    SELECT c.certificate, e.raw, c.active, convert_from(e.raw, 'UTF8')::jsonb AS said
    FROM mirror_certificates c JOIN mirror_entries e ON e.feed = c.feed AND e.index = c.index
    WHERE c.feed = :{}
"""
_FIND = f"""
    INSERT INTO mirror_disputes AS held
      (feed, other, certificate, raw, other_raw, found_at, seen_at)
    SELECT :feed, :other, certificate, mine.raw, theirs.raw, :now, :now
    FROM ({_SIDE.format("feed")}) mine FULL JOIN ({_SIDE.format("other")}) theirs
      USING (certificate)
    WHERE (mine.active, mine.said - 'at' - 'event' - 'synthetic')
      IS DISTINCT FROM (theirs.active, theirs.said - 'at' - 'event' - 'synthetic')
      AND (mine.raw IS NULL OR (mine.said ->> 'at')::timestamptz <= :other_knows)
      AND (theirs.raw IS NULL OR (theirs.said ->> 'at')::timestamptz <= :knows)
    ON CONFLICT (feed, other, certificate) DO UPDATE SET
      raw = excluded.raw, other_raw = excluded.other_raw,
      found_at = CASE WHEN held.ended_at IS NULL THEN held.found_at ELSE excluded.found_at END,
      seen_at = excluded.seen_at, ended_at = NULL
"""  # noqa: S608 - constants only
_END = """
    UPDATE mirror_disputes SET ended_at = :now
    WHERE feed = :feed AND other = :other AND ended_at IS NULL AND seen_at < :now
"""


def compare(
    connection: Connection,
    *,
    feed: str,
    knows: datetime,
    other: str,
    other_knows: datetime,
    now: datetime,
) -> int:
    """Keep what the two disagree about now; `knows` is the time of each one's head. How many."""
    places = {"feed": feed, "other": other, "now": now}
    known = {"knows": knows, "other_knows": other_knows}
    found = connection.execute(text(_FIND), places | known).rowcount
    connection.execute(text(_END), places)
    return found


def disputes(
    connection: Connection, certificate: bytes | None = None, most: int | None = None
) -> Iterator[Dispute]:
    """Those that stand, of one certificate or of all; `most` of them."""
    query = _standing().limit(most)
    if certificate is not None:
        query = query.where(mirror_disputes.c.certificate == certificate)
    for row in connection.execute(query.order_by(mirror_disputes.c.certificate)).mappings():
        yield Dispute(**row)


def count(connection: Connection) -> int:
    """How many stand."""
    query = select(func.count()).where(mirror_disputes.c.ended_at.is_(None))
    return int(connection.execute(query).scalar_one())


def about(connection: Connection, tree: TreeId) -> Dispute | None:
    """One of those of which either side lists the tree, if there is any."""
    said = text("(position(:tree in raw) > 0 OR position(:tree in other_raw) > 0)")
    query = _standing().where(said.bindparams(tree=f'"{tree:024x}"'.encode()))
    row = connection.execute(query.limit(1)).mappings().one_or_none()
    return None if row is None else Dispute(**row)


def _standing() -> Select[Any]:
    table = mirror_disputes
    names = ("feed", "other", "certificate", "raw", "other_raw", "found_at", "seen_at")
    return select(*(table.c[name] for name in names)).where(table.c.ended_at.is_(None))
