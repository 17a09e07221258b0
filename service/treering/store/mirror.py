"""Reading the mirror: verified heads, the entries under them, and the state they add up to, now
or at any earlier head. In the caller's transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Numeric, Row, Select, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from treering.domain.fulfilment import Entry, Fulfilment, Interconnection
from treering.domain.record import MOST_LOTS, LotId, TreeId
from treering.domain.registry_head import HeldHead, TreeHead
from treering.domain.registry_log import Frontier
from treering.errors import MirrorDamaged
from treering.store.tables.mirror import (
    mirror_certificates,
    mirror_entries,
    mirror_heads,
    mirror_trees,
)

_ID = Numeric(29, 0)  # said each time: a Python int would be sent as a BIGINT
_MOST_LISTING = 16  # certificates that listed one tree: a hostile log could name it in each
_NEWEST = (mirror_entries.c.feed == mirror_certificates.c.feed) & (
    mirror_entries.c.index == mirror_certificates.c.index
)


class Mirror:
    """One feed's mirror; `feed` is the log's origin."""

    def __init__(self, connection: Connection, feed: str) -> None:
        self._connection = connection
        self._feed = feed

    @property
    def connection(self) -> Connection:
        """For what else is asked in the same transaction."""
        return self._connection

    def lock(self) -> None:
        """Wait until nobody else synchronises this feed; held until the transaction ends."""
        key = func.hashtextextended(f"treering/mirror/{self._feed}", 0)
        self._connection.execute(select(func.pg_advisory_xact_lock(key)))

    def held(self) -> HeldHead | None:
        """The newest head; None before the first synchronisation."""
        row = self._head(mirror_heads.c.size >= 0)
        if row is None:
            return None
        return HeldHead(_newest_of(row), row.fetched_at)

    def held_at(self, moment: datetime) -> HeldHead | None:
        """The head that the log had at that moment, as far as we ever heard: the newest of which
        some note is not from later. None if we know of none so old.

        If its newest note is from later, the log has not grown in between: then the first note
        stands for it, and `fetched_at` says when we first heard.
        """
        row = self._head(mirror_heads.c.first_head_time <= moment)
        if row is None:
            return None
        note, time = row.first_note, row.first_head_time
        if row.head_time <= moment:
            note, time = row.note, row.head_time
        return HeldHead(TreeHead(row.feed, row.size, row.root, time, note), row.first_fetched_at)

    def head_of(self, size: int) -> TreeHead | None:
        """The newest head of exactly this size, where one was verified."""
        row = self._head(mirror_heads.c.size == size)
        return None if row is None else _newest_of(row)

    def frontier(self) -> Frontier:
        """Of the newest head; MirrorDamaged if it does not lead to that head's root."""
        return self._frontier(self._head(mirror_heads.c.size >= 0))

    def frontier_before(self, size: int) -> Frontier:
        """Of the last head of fewer entries than this; of none, the beginning."""
        return self._frontier(self._head(mirror_heads.c.size < size))

    def _frontier(self, row: Row | None) -> Frontier:  # type: ignore[type-arg]
        if row is None:
            return Frontier()
        peaks = (row.peaks[at : at + 32] for at in range(0, len(row.peaks), 32))
        frontier = Frontier(row.size, tuple(peaks))
        if frontier.root != row.root:
            raise MirrorDamaged(f"{self._feed}: the frontier of {row.size} has another root")
        return frontier

    def keep_head(self, head: TreeHead, frontier: Frontier, fetched_at: datetime) -> None:
        """The head that `frontier` was verified against; a newer note replaces an older one,
        but for the first."""
        fresh = {"note": head.note, "head_time": head.time, "fetched_at": fetched_at}
        fixed = {
            "feed": self._feed,
            "size": head.size,
            "root": head.root,
            "peaks": b"".join(frontier.peaks),
            "first_note": head.note,
            "first_head_time": head.time,
            "first_fetched_at": fetched_at,
        }
        statement = insert(mirror_heads).values(**fixed, **fresh)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["feed", "size"], set_=fresh)
        )

    def fulfilment(self, certificate: bytes) -> Fulfilment | None:
        """By its 32-byte commitment, which the chain's claim carries too."""
        query = (
            select(mirror_entries.c.index, mirror_entries.c.raw)
            .join(mirror_certificates, _NEWEST)
            .where(mirror_certificates.c.feed == self._feed)
            .where(mirror_certificates.c.certificate == certificate)
        )
        return self._one(self._connection.execute(query).one_or_none())

    def interconnection(self, tree: TreeId) -> Interconnection | None:
        """None while there is no head to answer from."""
        held = self.held()
        if held is None:
            return None
        by = (mirror_trees.c.feed == mirror_certificates.c.feed) & (
            mirror_trees.c.certificate == mirror_certificates.c.certificate
        )
        named = select(mirror_entries.c.index, mirror_entries.c.raw).select_from(mirror_trees)
        named = named.join(mirror_certificates, by).join(mirror_entries, _NEWEST)
        named = named.where(mirror_trees.c.feed == self._feed, mirror_trees.c.tree == _id(tree))
        named = named.order_by(mirror_trees.c.used.desc(), mirror_trees.c.index.desc())
        rows = self._connection.execute(named.limit(_MOST_LISTING))
        found = tuple(Fulfilment(index, Entry.read(index, raw)) for index, raw in rows)
        return Interconnection(tree, next(iter(found), None), held, earlier=found[1:])

    def interconnection_at(self, tree: TreeId, moment: datetime) -> Interconnection | None:
        """As the log stood at that moment; None if we know of no head so old."""
        held = self.held_at(moment)
        if held is None:
            return None
        named = self._connection.execute(self._listing(tree)).scalars().all()
        then = (self._standing(certificate, held.head.size) for certificate in named)
        stood = [one for one in then if one is not None]
        stood.sort(key=lambda one: (_uses(one, tree), one.index))
        listed = [one for one in stood if _uses(one, tree) or self._listed(one, tree, held)]
        return Interconnection(tree, listed[-1] if listed else None, held)

    def entries(self, start: int, end: int) -> list[bytes]:
        """The bytes that were hashed, as they came."""
        index = mirror_entries.c.index
        query = select(mirror_entries.c.raw).where(mirror_entries.c.feed == self._feed)
        query = query.where(index >= start, index < end).order_by(index)
        return list(self._connection.execute(query).scalars())

    def lots_from(self, index: int) -> list[LotId]:
        """Lots whose trees stand in a certificate of which an entry from this index on speaks;
        none of a number that no lot of ours can have."""
        lot = func.div(mirror_trees.c.tree, literal(2**32, _ID))
        named = (mirror_entries.c.feed == mirror_trees.c.feed) & (
            mirror_entries.c.certificate == mirror_trees.c.certificate
        )
        query = select(lot).distinct().join(mirror_entries, named)
        query = query.where(mirror_trees.c.feed == self._feed, mirror_entries.c.index >= index)
        query = query.where(mirror_trees.c.tree < literal(MOST_LOTS << 32, _ID))
        return [LotId(int(found)) for found in self._connection.execute(query).scalars()]

    def _head(self, which: ColumnElement[bool]) -> Row | None:  # type: ignore[type-arg]
        query = select(mirror_heads).where(mirror_heads.c.feed == self._feed, which)
        query = query.order_by(mirror_heads.c.size.desc()).limit(1)
        return self._connection.execute(query).one_or_none()

    def _listing(self, tree: TreeId) -> Select[Any]:
        """The certificates that list the tree, or ever did."""
        return select(mirror_trees.c.certificate).where(
            mirror_trees.c.feed == self._feed, mirror_trees.c.tree == _id(tree)
        )

    def _standing(self, certificate: bytes, size: int) -> Fulfilment | None:
        """What a certificate was when the log had this size."""
        query = self._said(certificate, size).order_by(mirror_entries.c.index.desc()).limit(1)
        return self._one(self._connection.execute(query).one_or_none())

    def _listed(self, one: Fulfilment, tree: TreeId, held: HeldHead) -> bool:
        """Whether any of its entries up to then listed the tree."""
        said = self._connection.execute(self._said(one.entry.certificate, held.head.size))
        return any(tree in Entry.read(index, raw).trees for index, raw in said)

    def _said(self, certificate: bytes, size: int) -> Select[Any]:
        """All entries of a certificate in a log of this size."""
        return select(mirror_entries.c.index, mirror_entries.c.raw).where(
            mirror_entries.c.feed == self._feed,
            mirror_entries.c.certificate == certificate,
            mirror_entries.c.index < size,
        )

    def _one(self, row: Row | None) -> Fulfilment | None:  # type: ignore[type-arg]
        return None if row is None else Fulfilment(row[0], Entry.read(row[0], row[1]))


def _newest_of(row: Row) -> TreeHead:  # type: ignore[type-arg]
    return TreeHead(row.feed, row.size, row.root, row.head_time, row.note)


def _uses(one: Fulfilment, tree: TreeId) -> bool:
    return one.active and tree in one.entry.trees


def _id(tree: TreeId) -> ColumnElement[Any]:
    return literal(tree, _ID)
