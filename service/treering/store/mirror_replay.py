"""Writing the mirror: entries, and the state that they add up to, many at a time.

In the caller's transaction. New rows are written by COPY; what is looked up comes by arrays.
"""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, text

from treering.domain.fulfilment import Entry, Fulfilment
from treering.domain.record import TreeId
from treering.domain.register import Register
from treering.store.copying import bytes_of, copy, text_of
from treering.store.tables.mirror import mirror_certificates, mirror_entries, mirror_trees

Listed = tuple[TreeId, Fulfilment]  # a tree, and the certificate that lists it or listed it

_ENTRY = ("feed", "index", "certificate", "raw")
_CERTIFICATE = tuple(mirror_certificates.c.keys())
_TREE = tuple(mirror_trees.c.keys())
_USERS = text("""
    SELECT certificate FROM mirror_trees
    WHERE feed = :feed AND used AND tree = ANY (CAST(:trees AS numeric[]))
""")
_NEWEST = text("""
    SELECT e.index, e.raw FROM mirror_certificates c
    JOIN mirror_entries e ON e.feed = c.feed AND e.index = c.index
    WHERE c.feed = :feed AND c.certificate = ANY (CAST(:named AS bytea[]))
""")
_RELEASE = text("""
    UPDATE mirror_trees SET used = false
    WHERE feed = :feed AND used AND certificate = ANY (CAST(:named AS bytea[]))
""")
_RESTATE = text("""
    UPDATE mirror_certificates SET index = :index, active = :active, year = :year,
      adcode = :adcode, form = :form
    WHERE feed = :feed AND certificate = :certificate
""")
_LIST = text("""
    INSERT INTO mirror_trees (feed, tree, certificate, index, used)
    VALUES (:feed, :tree, :certificate, :index, :used)
    ON CONFLICT (feed, tree, certificate) DO UPDATE SET index = excluded.index,
      used = excluded.used
""")


class Replay:
    """One feed's next entries; `feed` is the log's origin."""

    def __init__(self, connection: Connection, feed: str) -> None:
        self._connection = connection
        self._feed = feed

    def append(self, first: int, entries: Sequence[tuple[bytes, Entry]]) -> None:
        """Entries with their bytes, from index `first` on."""
        feed = text_of(self._feed)
        lines = (
            f"{feed}\t{index}\t{bytes_of(entry.certificate)}\t{bytes_of(raw)}"
            for index, (raw, entry) in enumerate(entries, first)
        )
        copy(self._connection, mirror_entries, _ENTRY, lines)

    def register(self, entries: Sequence[Entry]) -> Register:
        """The certificates that these entries name, or whose trees they name."""
        trees = [str(tree) for entry in entries for tree in entry.trees]
        # two look-ups by index: an OR over both would read the whole table for each page
        named = {entry.certificate for entry in entries}
        users = {"feed": self._feed, "trees": f"{{{','.join(trees)}}}"}
        named.update(self._connection.execute(_USERS, users).scalars())
        found = self._connection.execute(_NEWEST, {"feed": self._feed, "named": _array(named)})
        return Register(Fulfilment(index, Entry.read(index, raw)) for index, raw in found)

    def write(
        self, changed: Sequence[Fulfilment], known: set[bytes], once: Iterable[Listed] = ()
    ) -> None:
        """The newest state of certificates; `known` are those that the mirror already has.
        `once` names trees that one of them listed in between, and lists no more."""
        new = [one for one in changed if one.entry.certificate not in known]
        old = [one for one in changed if one.entry.certificate in known]
        feed = text_of(self._feed)
        copy(self._connection, mirror_certificates, _CERTIFICATE, _certificates(feed, new))
        self._restate(old)
        copy(self._connection, mirror_trees, _TREE, _trees(feed, new))
        self._list([(tree, one, False) for tree, one in once])

    def _restate(self, changed: Sequence[Fulfilment]) -> None:
        """Certificates that were there before; their trees are given back, then taken anew."""
        if not changed:
            return
        named = _array(one.entry.certificate for one in changed)
        self._connection.execute(_RELEASE, {"feed": self._feed, "named": named})
        self._connection.execute(_RESTATE, [self._row(one) for one in changed])
        self._list([(tree, one, one.active) for one in changed for tree in one.entry.trees])

    def _list(self, listed: Sequence[tuple[TreeId, Fulfilment, bool]]) -> None:
        rows = [
            {
                "feed": self._feed,
                "tree": str(tree),
                "certificate": one.entry.certificate,
                "index": one.index,
                "used": used,
            }
            for tree, one, used in listed
        ]
        if rows:
            self._connection.execute(_LIST, rows)

    def _row(self, one: Fulfilment) -> dict[str, object]:
        entry = one.entry
        stated = {"year": entry.year, "adcode": entry.adcode, "form": entry.form}
        place = {"feed": self._feed, "certificate": entry.certificate}
        return place | stated | {"index": one.index, "active": one.active}


def _array(values: Iterable[bytes]) -> str:
    """Byte strings as an array literal of PostgreSQL's."""
    return "{" + ",".join([rf'"\\x{value.hex()}"' for value in values]) + "}"


def _certificates(feed: str, new: Iterable[Fulfilment]) -> Iterator[str]:
    for one in new:
        entry, active = one.entry, "t" if one.active else "f"
        stated = f"{entry.year}\t{entry.adcode}\t{entry.form}"
        yield f"{feed}\t{bytes_of(entry.certificate)}\t{one.index}\t{active}\t{stated}"


def _trees(feed: str, new: Iterable[Fulfilment]) -> Iterator[str]:
    for one in new:
        rest = f"{bytes_of(one.entry.certificate)}\t{one.index}\t{'t' if one.active else 'f'}"
        for tree in one.entry.trees:
            yield f"{feed}\t{tree}\t{rest}"
