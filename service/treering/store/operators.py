"""Operators' keys in SQL: they open the operator's page, and no programme's door."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from treering.store.operator_tables import api_keys

_SCOPE = "operator"


def add(connection: Connection, key: str, now: datetime) -> None:
    values = {"hash": hash_of(key), "scope": _SCOPE, "created_at": now}
    connection.execute(insert(api_keys).values(values).on_conflict_do_nothing())


def is_known(connection: Connection, key: str) -> bool:
    """Whether it is a living key of an operator."""
    query = select(api_keys.c.hash).where(
        api_keys.c.hash == hash_of(key),
        api_keys.c.scope == _SCOPE,
        api_keys.c.revoked_at.is_(None),
    )
    return connection.execute(query).scalar_one_or_none() is not None


def revoke(connection: Connection, key: str, now: datetime) -> bool:
    """Whether it was a living key, an operator's or a programme's."""
    change = (
        update(api_keys)
        .where(api_keys.c.hash == hash_of(key), api_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return connection.execute(change).rowcount == 1


def hash_of(key: str) -> bytes:
    # A key is 256 random bits: there is nothing for a slow hash to protect.
    return sha256(key.encode()).digest()
