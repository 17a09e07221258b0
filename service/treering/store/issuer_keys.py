"""Issuer keys in SQL: what the contract said of them once, and never changes."""

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from treering.store.tables.issuers import issuer_keys


def valid_from(connection: Connection, programme: int, key_id: bytes) -> datetime | None:
    """None where nobody has asked the contract yet."""
    query = select(issuer_keys.c.valid_from).where(
        issuer_keys.c.programme == programme, issuer_keys.c.key_id == key_id
    )
    return connection.execute(query).scalar_one_or_none()


def keep(connection: Connection, programme: int, key_id: bytes, moment: datetime) -> None:
    """The same twice is kept once."""
    row = {"programme": programme, "key_id": key_id, "valid_from": moment}
    connection.execute(insert(issuer_keys).values(row).on_conflict_do_nothing())
