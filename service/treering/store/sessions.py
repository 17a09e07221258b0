"""Sessions in SQL: opened by signing in, ended by signing out or by time."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from treering.domain.api_key import hash_of
from treering.domain.role import Person, Role
from treering.store.tables.sessions import sessions


def open_for(connection: Connection, secret: str, person: Person, until: datetime) -> None:
    provinces = None if person.provinces is None else sorted(person.provinces)
    values = {"role": person.role, "label": person.label, "provinces": provinces}
    connection.execute(insert(sessions).values(hash=hash_of(secret), expires_at=until, **values))


def person_of(connection: Connection, secret: str, now: datetime) -> Person | None:
    query = select(sessions).where(sessions.c.hash == hash_of(secret), sessions.c.expires_at > now)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    provinces = None if row.provinces is None else frozenset(row.provinces)
    return Person(Role(row.role), row.label, provinces)


def end(connection: Connection, secret: str, now: datetime) -> None:
    """This one, and all whose time is over."""
    ended = (sessions.c.hash == hash_of(secret)) | (sessions.c.expires_at <= now)
    connection.execute(delete(sessions).where(ended))
