"""The log of administrative acts in SQL: appended to, one writer at a time, and read in order."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text

from treering.domain.deed import Act, Deed, Entry, Head
from treering.domain.role import Role
from treering.store.tables.audit import audit_log

_LOCK = 0x6C_6F67  # any number, the same everywhere
_PIECE = 1_000  # rows at a time
_PLAIN = "who subject why request before after".split()


def append(connection: Connection, deed: Deed, now: datetime) -> Entry:
    """Behind the last one; whoever else appends waits until this transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    entry = Entry.after(deed, now.astimezone(UTC), head(connection))
    values = {name: getattr(deed, name) for name in _PLAIN}
    values |= {"number": entry.number, "at": entry.at, "act": deed.act, "role": deed.role}
    values |= {"previous": entry.previous, "hash": entry.hash}
    connection.execute(insert(audit_log).values(values))
    return entry


def head(connection: Connection) -> Head:
    query = select(audit_log.c.number, audit_log.c.hash)
    row = connection.execute(query.order_by(audit_log.c.number.desc()).limit(1)).one_or_none()
    return Head(row.number, row.hash) if row else Head()


def entries(connection: Connection, after: int = 0) -> Iterator[Entry]:
    """Those behind this number, in order."""
    query = select(audit_log).where(audit_log.c.number > after).order_by(audit_log.c.number)
    rows = connection.execution_options(yield_per=_PIECE).execute(query)
    return (_entry(row) for row in rows)


def about(connection: Connection, subject: str) -> list[Entry]:
    """The newest ones of this subject, at most a page of them, the newest last."""
    query = select(audit_log).where(audit_log.c.subject == subject)
    rows = connection.execute(query.order_by(audit_log.c.number.desc()).limit(_PIECE)).all()
    return [_entry(row) for row in reversed(rows)]


def _entry(row: Row[Any]) -> Entry:
    plain = {name: getattr(row, name) for name in _PLAIN}
    return Entry(
        number=row.number,
        at=row.at.astimezone(UTC),
        deed=Deed(act=Act(row.act), role=Role(row.role), **plain),
        previous=row.previous,
        hash=row.hash,
    )
