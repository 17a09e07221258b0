"""Who holds a lot's next serials: read by the driver itself, since there are millions.

SQLAlchemy's rows cost three times what the driver's do (docs/decisions/0013).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from treering.domain.holder import HolderId, HolderSecret
from treering.domain.record import LotId
from treering.store.holders import opened
from treering.store.vault import Vault

# From the row that holds the first serial on: never the rows of all that was sealed before.
_STRETCHES = """
    SELECT holder, first_serial, count FROM redemptions
    WHERE lot = %(lot)s AND first_serial < %(end)s AND first_serial >= (
        SELECT max(first_serial) FROM redemptions
        WHERE lot = %(lot)s AND first_serial <= %(first)s
    )
    ORDER BY first_serial
"""
_SECRETS = "SELECT id, sealed FROM holders WHERE id = ANY(%(ids)s)"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive serials of one holder."""

    holder: HolderId
    first_serial: int
    count: int


def stretches(
    connection: Connection, lot: LotId, first_serial: int, count: int
) -> Iterator[Stretch]:
    """Who holds the serials from `first_serial` on, in order, cut to `count`."""
    end = first_serial + count
    wanted = {"lot": lot, "first": first_serial, "end": end}
    for holder, first, length in _rows(connection, _STRETCHES, wanted):
        start = max(first, first_serial)
        yield Stretch(holder, start, min(first + length, end) - start)


def secrets(
    connection: Connection, vault: Vault, ids: set[HolderId]
) -> dict[HolderId, HolderSecret]:
    """The secrets of these holders, decrypted."""
    rows = _rows(connection, _SECRETS, {"ids": list(ids)})
    return {holder: opened(vault, sealed) for holder, sealed in rows}


def _rows(
    connection: Connection, query: str, values: Mapping[str, object]
) -> list[tuple[Any, ...]]:
    driver = connection.connection.driver_connection
    assert driver, "an open connection"
    with driver.cursor(binary=True) as cursor:
        found: list[tuple[Any, ...]] = cursor.execute(query, values).fetchall()
    return found
