"""What speaks against a registry's log, in SQL: contradictions, how each source stands, and the
bytes that were refused. In the caller's transaction."""

from base64 import b64decode
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping, case, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from treering.domain.contradiction import (
    Contradiction,
    Kept,
    Kind,
    Standing,
    State,
)
from treering.domain.record import LotId
from treering.store.tables.contradictions import (
    mirror_contradictions,
    mirror_refused,
    mirror_sources,
)

_ALL_LOTS = text(
    "ARRAY(SELECT DISTINCT unnest(mirror_contradictions.lots || excluded.lots) ORDER BY 1)"
)
MOST_REFUSED = 100  # of a feed: a hostile source may fill no disk
MOST_OPEN = 1000  # histories of a feed that no person has settled, for the same reason


@dataclass(frozen=True, slots=True)
class Offered:
    """A history that was offered, by its number; `root` (32 bytes) over `size` entries."""

    id: int
    size: int
    root: bytes


def keep(connection: Connection, found: Contradiction, now: datetime) -> None:
    """Once, however often it is seen, until it is settled; with all lots that any look named.
    Another root that was offered is another history; beyond MOST_OPEN, its lots alone are held,
    by the newest."""
    statement = insert(mirror_contradictions).values(
        _row(_taken(connection, found)) | {"found_at": now, "seen_at": now}
    )
    connection.execute(
        statement.on_conflict_do_update(
            constraint="uq_mirror_contradictions_once",
            set_={
                "seen_at": func.greatest(mirror_contradictions.c.seen_at, now),
                "lots": _ALL_LOTS,
            },
        )
    )


def offered(connection: Connection, found: Contradiction) -> list[Offered]:
    """What this log offered against the same head, of the same kind and at the same entry, and
    no person has settled."""
    table = mirror_contradictions
    query = select(table.c.id, table.c.offered_size, table.c.offered_root).where(
        table.c.feed == found.feed,
        table.c.held_size == found.held_size,
        table.c.kind == found.kind,
        table.c.index.is_not_distinct_from(found.index),
        table.c.settled_at.is_(None),
    )
    rows = connection.execute(query.order_by(table.c.id))
    return [Offered(row.id, row.offered_size, b64decode(row.offered_root)) for row in rows]


def get(connection: Connection, number: int) -> Contradiction:
    """One that is kept."""
    table = mirror_contradictions
    row = connection.execute(select(table).where(table.c.id == number)).mappings().one()
    return _kept(row).contradiction


def contradictions(connection: Connection, feed: str | None = None) -> list[Kept]:
    """All that were ever found, of one feed or of all, the oldest first."""
    query = select(mirror_contradictions).order_by(mirror_contradictions.c.id)
    if feed is not None:
        query = query.where(mirror_contradictions.c.feed == feed)
    return [_kept(row) for row in connection.execute(query).mappings()]


def standing(connection: Connection, feed: str) -> list[Kept]:
    """Those of a feed that no person has settled."""
    return [one for one in contradictions(connection, feed) if one.settled_at is None]


def settle(connection: Connection, number: int, because: str, now: datetime) -> bool:
    """A person's word that ends it; False if there is no such one, or it was settled before."""
    table = mirror_contradictions
    statement = update(table).where(table.c.id == number, table.c.settled_at.is_(None))
    written = connection.execute(statement.values(settled_at=now, settled_because=because))
    return written.rowcount == 1


def blocked_lots(connection: Connection) -> set[LotId]:
    """Lots that lean on an entry which was contradicted: nothing more is minted of them."""
    table = mirror_contradictions
    query = select(func.unnest(table.c.lots)).where(table.c.settled_at.is_(None))
    return {LotId(lot) for lot in connection.execute(query).scalars()}


def against(connection: Connection) -> tuple[object, ...]:
    """What changes when a source stands otherwise, or a contradiction is found or settled."""
    table = mirror_contradictions
    lots = select(table.c.id, func.cardinality(table.c.lots)).where(table.c.settled_at.is_(None))
    found = connection.execute(lots.order_by(table.c.id)).all()
    return *((one.feed, one.state) for one in sources(connection)), *map(tuple, found)


def keep_refused(
    connection: Connection, feed: str, *, path: str, code: str, why: str, raw: bytes, now: datetime
) -> None:
    """The bytes as they came, once for each content; of each feed the newest MOST_REFUSED."""
    table = mirror_refused
    row = {"path": path, "code": code, "why": why, "received_at": now, "raw": raw}
    statement = insert(table).values(feed=feed, sha256=sha256(raw).digest(), **row)
    connection.execute(statement.on_conflict_do_nothing())
    newest = select(table.c.sha256).where(table.c.feed == feed)
    newest = newest.order_by(table.c.received_at.desc(), table.c.sha256).limit(MOST_REFUSED)
    connection.execute(table.delete().where(table.c.feed == feed, table.c.sha256.not_in(newest)))


def tell(
    connection: Connection, feed: str, state: State, *, code: str, why: str, now: datetime
) -> None:
    """How a look at a source ended."""
    table = mirror_sources
    fresh = {"state": state, "code": code, "why": why, "looked_at": now}
    good = {"good_at": now} if state is State.GOOD else {}
    statement = insert(table).values(feed=feed, since=now, **fresh, **good)
    changed = (table.c.state != state) | (table.c.code != code)
    since = case((changed, now), else_=func.least(table.c.since, now))
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["feed"], set_=fresh | good | {"since": since}
        )
    )


def sources(connection: Connection) -> list[Standing]:
    rows = connection.execute(select(mirror_sources).order_by(mirror_sources.c.feed)).mappings()
    return [_standing(row) for row in rows]


def source(connection: Connection, feed: str) -> Standing | None:
    """How one stands; None before any look at it."""
    query = select(mirror_sources).where(mirror_sources.c.feed == feed)
    row = connection.execute(query).mappings().one_or_none()
    return _standing(row) if row else None


def good_at(connection: Connection, feed: str) -> datetime | None:
    """When a look at this source last ended well; None for never."""
    found = source(connection, feed)
    return found.good_at if found else None


def _standing(row: RowMapping) -> Standing:
    return Standing(**{**row, "state": State(row["state"])})


def _taken(connection: Connection, found: Contradiction) -> Contradiction:
    """What is kept of it where MOST_OPEN stand already: the newest of those, with its lots too."""
    table = mirror_contradictions
    open_ones = (table.c.feed == found.feed) & table.c.settled_at.is_(None)
    query = select(func.count(), func.max(table.c.id)).where(open_ones)
    count, newest = connection.execute(query).one()
    if count < MOST_OPEN or any(one.root == _root(found) for one in offered(connection, found)):
        return found
    return replace(get(connection, newest), lots=found.lots)


def _root(found: Contradiction) -> bytes:
    """What was offered, from the third line of its note."""
    lines = found.offered_note.split("\n")
    return b64decode(lines[2]) if len(lines) > 2 else b""


def _row(found: Contradiction) -> dict[str, Any]:
    return {
        "feed": found.feed,
        "kind": found.kind,
        "why": found.why,
        "held_size": found.held_size,
        "held_note": found.held_note,
        "offered_size": found.offered_size,
        "offered_note": found.offered_note,
        "proof": None if found.proof is None else b"".join(found.proof),
        "index": found.index,
        "held_raw": found.held_raw,
        "offered_raw": found.offered_raw,
        "held_path": b"".join(found.held_path),
        "offered_path": b"".join(found.offered_path),
        "lots": list(found.lots),
    }


def _kept(row: RowMapping) -> Kept:
    own = {"id", "found_at", "seen_at", "settled_at", "settled_because"}
    said = {name: value for name, value in row.items() if name not in own | {"offered_root"}} | {
        "kind": Kind(row["kind"]),
        "proof": None if row["proof"] is None else _steps(row["proof"]),
        "held_path": _steps(row["held_path"]),
        "offered_path": _steps(row["offered_path"]),
        "lots": tuple(LotId(lot) for lot in row["lots"]),
    }
    return Kept(contradiction=Contradiction(**said), **{name: row[name] for name in own})


def _steps(raw: bytes | None) -> tuple[bytes, ...]:
    raw = raw or b""
    return tuple(raw[at : at + 32] for at in range(0, len(raw), 32))
