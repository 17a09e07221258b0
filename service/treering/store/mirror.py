"""The mirror in SQL: verified heads, the entries under them, and the state they add up to.

Everything here happens in the caller's transaction, so a synchronisation that fails in the
middle of a page, or at the very last hash, leaves no trace. New rows are written by COPY.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    LargeBinary,
    Numeric,
    Row,
    Table,
    any_,
    bindparam,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from treering.domain.fulfilment import Entry, Fulfilment, Interconnection
from treering.domain.record import TreeId
from treering.domain.register import Register
from treering.domain.registry_head import HeldHead, TreeHead
from treering.domain.registry_log import Frontier
from treering.errors import MirrorDamaged
from treering.store.driver import driver
from treering.store.mirror_tables import (
    mirror_certificates,
    mirror_entries,
    mirror_heads,
    mirror_trees,
)


class Mirror:
    """One feed's mirror; `feed` is the log's origin."""

    def __init__(self, connection: Connection, feed: str) -> None:
        self._connection = connection
        self._feed = feed

    def lock(self) -> None:
        """Wait until nobody else synchronises this feed; held until the transaction ends."""
        key = func.hashtextextended(f"treering/mirror/{self._feed}", 0)
        self._connection.execute(select(func.pg_advisory_xact_lock(key)))

    def held(self) -> HeldHead | None:
        """The newest head; None before the first synchronisation."""
        row = self._newest_head()
        if row is None:
            return None
        head = TreeHead(row.feed, row.size, row.root, row.head_time, row.note)
        return HeldHead(head, row.fetched_at)

    def frontier(self) -> Frontier:
        """Of the newest head; MirrorDamaged if it does not lead to that head's root."""
        row = self._newest_head()
        if row is None:
            return Frontier()
        peaks = (row.peaks[at : at + 32] for at in range(0, len(row.peaks), 32))
        frontier = Frontier(row.size, tuple(peaks))
        if frontier.root != row.root:
            raise MirrorDamaged(f"{self._feed}: the frontier of {row.size} has another root")
        return frontier

    def keep_head(self, head: TreeHead, frontier: Frontier, fetched_at: datetime) -> None:
        """The head that `frontier` was verified against; a newer note replaces an older one."""
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

    def append(self, first: int, entries: Sequence[tuple[bytes, Entry]]) -> None:
        """Entries with their bytes, from index `first` on."""
        rows = (
            (self._feed, index, entry.certificate, raw)
            for index, (raw, entry) in enumerate(entries, first)
        )
        self._copy(mirror_entries, ["feed", "index", "certificate", "raw"], rows)

    def register(self, entries: Sequence[Entry]) -> Register:
        """The certificates that these entries name, or whose trees they name."""
        trees = [tree for entry in entries for tree in entry.trees]
        users = select(mirror_trees.c.certificate).where(
            mirror_trees.c.feed == self._feed,
            mirror_trees.c.used,
            mirror_trees.c.tree == any_(literal(trees, ARRAY(_ID))),
        )
        # two look-ups by index: an OR over both would read the whole table for each page
        named = {entry.certificate for entry in entries}
        named.update(self._connection.execute(users).scalars())
        return Register(self._fulfilments(_among(mirror_certificates.c.certificate, list(named))))

    def write(self, changed: Sequence[Fulfilment], known: set[bytes]) -> None:
        """The newest state of certificates; `known` are those that the mirror already has."""
        new = [one for one in changed if one.entry.certificate not in known]
        old = [one for one in changed if one.entry.certificate in known]
        rows = [_certificate(self._feed, one) for one in new]
        self._copy(mirror_certificates, list(_CERTIFICATE), (row.values() for row in rows))
        self._rewrite(old)
        trees = (row.values() for row in _trees(self._feed, new))
        self._copy(mirror_trees, list(_TREE), trees)

    def fulfilment(self, certificate: bytes) -> Fulfilment | None:
        """By its 32-byte commitment, which the chain's claim carries too."""
        found = self._fulfilments(mirror_certificates.c.certificate == certificate)
        return next(iter(found), None)

    def interconnection(self, tree: TreeId) -> Interconnection | None:
        """None while there is no head to answer from."""
        held = self.held()
        if held is None:
            return None
        newest = (
            select(mirror_trees.c.certificate)
            .where(mirror_trees.c.feed == self._feed, mirror_trees.c.tree == literal(tree, _ID))
            .order_by(mirror_trees.c.used.desc(), mirror_trees.c.index.desc())
            .limit(1)
        )
        found = self._fulfilments(mirror_certificates.c.certificate == newest.scalar_subquery())
        return Interconnection(tree, next(iter(found), None), held)

    def entries(self, start: int, end: int) -> list[bytes]:
        """The bytes that were hashed, as they came."""
        index = mirror_entries.c.index
        query = select(mirror_entries.c.raw).where(mirror_entries.c.feed == self._feed)
        query = query.where(index >= start, index < end).order_by(index)
        return list(self._connection.execute(query).scalars())

    def _newest_head(self) -> Row | None:  # type: ignore[type-arg]
        query = select(mirror_heads).where(mirror_heads.c.feed == self._feed)
        query = query.order_by(mirror_heads.c.size.desc()).limit(1)
        return self._connection.execute(query).one_or_none()

    def _fulfilments(self, which: ColumnElement[bool]) -> Iterator[Fulfilment]:
        query = (
            select(mirror_entries.c.index, mirror_entries.c.raw)
            .join(mirror_certificates, _NEWEST)
            .where(mirror_certificates.c.feed == self._feed, which)
        )
        for index, raw in self._connection.execute(query):
            yield Fulfilment(index, Entry.read(index, raw))

    def _rewrite(self, changed: Sequence[Fulfilment]) -> None:
        """Certificates that were there before; their trees are given back, then taken anew."""
        if not changed:
            return
        certificate = mirror_trees.c.certificate
        of_them = _among(certificate, [one.entry.certificate for one in changed])
        self._connection.execute(
            update(mirror_trees)
            .where(mirror_trees.c.feed == self._feed, of_them)
            .values(used=False)
        )
        rows = [_certificate(self._feed, one) for one in changed]
        self._upsert(mirror_certificates, ["feed", "certificate"], rows)
        self._upsert(
            mirror_trees, ["feed", "tree", "certificate"], list(_trees(self._feed, changed))
        )

    def _upsert(self, table: Table, key: list[str], rows: list[dict[str, object]]) -> None:
        if rows:
            statement = insert(table).values({name: bindparam(name) for name in rows[0]})
            rest = {name: statement.excluded[name] for name in rows[0] if name not in key}
            self._connection.execute(
                statement.on_conflict_do_update(index_elements=key, set_=rest), rows
            )

    def _copy(self, table: Table, columns: list[str], rows: Iterable[Iterable[object]]) -> None:
        names = ", ".join(f'"{column}"' for column in columns)
        copy = f"COPY {table.name} ({names}) FROM STDIN"
        with driver(self._connection) as raw, raw.cursor().copy(copy.encode()) as out:
            for row in rows:
                out.write_row(tuple(row))


_ID = Numeric(29, 0)  # said each time: a Python int would be sent as a BIGINT
_NEWEST = (mirror_entries.c.feed == mirror_certificates.c.feed) & (
    mirror_entries.c.index == mirror_certificates.c.index
)
_CERTIFICATE = mirror_certificates.c.keys()
_TREE = mirror_trees.c.keys()


def _among(column: ColumnElement[bytes], values: list[bytes]) -> ColumnElement[bool]:
    return column == any_(literal(values, ARRAY(LargeBinary)))


def _certificate(feed: str, one: Fulfilment) -> dict[str, object]:
    return {
        "feed": feed,
        "certificate": one.entry.certificate,
        "index": one.index,
        "active": one.active,
        "year": one.entry.year,
        "adcode": one.entry.adcode,
        "form": one.entry.form,
    }


def _trees(feed: str, changed: Iterable[Fulfilment]) -> Iterator[dict[str, object]]:
    for one in changed:
        for tree in one.entry.trees:
            yield {
                "feed": feed,
                "tree": tree,
                "certificate": one.entry.certificate,
                "index": one.index,
                "used": one.active,
            }
