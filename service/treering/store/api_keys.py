"""API keys in SQL: whose, in what role, of which provinces, until when. Only hashes are kept."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from treering.domain.api_key import hash_of, mark
from treering.domain.role import Person, Role, Scope, Scopes
from treering.store.engine import UNAVAILABLE
from treering.store.tables.operators import api_keys

# A key that is in use is not written down as used more often than this.
_SEEN_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKey:
    """A row: `expires_at` is when it ends by itself, such as after another took its place."""

    hash: bytes
    role: Role
    programme: str | None
    provinces: frozenset[str] | None
    scopes: Scopes
    purpose: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    @property
    def mark(self) -> str:
        return mark(self.hash)

    @property
    def person(self) -> Person:
        return Person(self.role, f"key {self.mark}", self.provinces, self.programme, self.scopes)

    def is_living(self, now: datetime) -> bool:
        ended = self.expires_at is not None and self.expires_at <= now
        return self.revoked_at is None and not ended


def add(
    connection: Connection,
    key: str,
    now: datetime,
    role: Role,
    *,
    programme: str | None = None,
    provinces: Iterable[str] | None = None,
    scopes: Iterable[Scope] | None = None,
    purpose: str = "",
) -> None:
    """A key that is there already stays as it is."""
    values = {
        "hash": hash_of(key),
        "scope": role,
        "programme": programme,
        "provinces": None if provinces is None else sorted(provinces),
        "scopes": None if scopes is None else sorted(scopes),
        "purpose": purpose,
        "created_at": now,
    }
    connection.execute(insert(api_keys).values(values).on_conflict_do_nothing())


def living(connection: Connection, key: str, now: datetime) -> HeldKey | None:
    """The key, if it is one and opens anything now."""
    query = select(api_keys).where(api_keys.c.hash == hash_of(key), _lives(now))
    row = connection.execute(query).one_or_none()
    return _held(row) if row else None


def marked(connection: Connection, marked_so: str, now: datetime) -> list[HeldKey]:
    """The living keys whose mark begins so, locked until the transaction ends."""
    hexed = func.encode(api_keys.c.hash, "hex")
    query = select(api_keys).where(hexed.startswith(marked_so, autoescape=True), _lives(now))
    return [_held(row) for row in connection.execute(query.with_for_update())]


def every(connection: Connection) -> Sequence[HeldKey]:
    """All keys that ever were, the newest first."""
    query = select(api_keys).order_by(api_keys.c.created_at.desc(), api_keys.c.hash)
    return [_held(row) for row in connection.execute(query)]


def seen(connection: Connection, hashed: bytes, now: datetime) -> None:
    """That it was used, to the hour."""
    last = api_keys.c.last_used_at
    stale = or_(last.is_(None), last < now - _SEEN_EVERY)
    change = update(api_keys).where(api_keys.c.hash == hashed, stale)
    connection.execute(change.values(last_used_at=now))


def used(engine: Engine, held: HeldKey, now: datetime) -> None:
    """Writes down that it was used, if that was not just written; a database that takes no writes
    keeps nobody out."""
    if held.last_used_at is None or held.last_used_at < now - _SEEN_EVERY:
        with suppress(*UNAVAILABLE), engine.begin() as connection:
            seen(connection, held.hash, now)


def ends(connection: Connection, hashed: bytes, at: datetime) -> None:
    """From then on it opens nothing; never later than it would have ended anyway."""
    sooner = func.least(func.coalesce(api_keys.c.expires_at, at), at)
    change = update(api_keys).where(api_keys.c.hash == hashed).values(expires_at=sooner)
    connection.execute(change)


def revoke(connection: Connection, hashed: bytes, now: datetime) -> bool:
    """Whether it was a living key of anybody's."""
    change = update(api_keys).where(api_keys.c.hash == hashed, _lives(now))
    return connection.execute(change.values(revoked_at=now)).rowcount == 1


def _lives(now: datetime) -> ColumnElement[bool]:
    ends_later = or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > now)
    return api_keys.c.revoked_at.is_(None) & ends_later


def _held(row: Row[Any]) -> HeldKey:
    provinces = None if row.provinces is None else frozenset(row.provinces)
    scopes = None if row.scopes is None else frozenset(map(Scope, row.scopes))
    plain = "hash programme purpose created_at expires_at revoked_at last_used_at".split()
    values = {name: getattr(row, name) for name in plain}
    return HeldKey(role=Role(row.scope), provinces=provinces, scopes=scopes, **values)
