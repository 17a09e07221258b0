"""Who holds a lot's next serials: read by the driver itself, since there are millions.

SQLAlchemy's rows cost three times what the driver's do (docs/decisions/0013).
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection

from treering.domain.holder import HolderId, HolderSecret
from treering.domain.record import LotId
from treering.store.driver import driver
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
_BOXES = "SELECT id, sealed FROM holders WHERE id = ANY(CAST(%(ids)s AS bigint[]))"
# One row for all of them: PostgreSQL puts together in a fifth of the time what Python would pick
# from rows. Each box is found by its key, whatever the planner knows of the tables.
_GATHERED = """
    SELECT coalesce(string_agg(box, '' ORDER BY first_serial), ''),
           coalesce(string_agg(int4send(size), '' ORDER BY first_serial), ''),
           coalesce(sum(size), 0)
    FROM (
        SELECT first_serial,
               CAST(least(first_serial + count, %(end)s) - greatest(first_serial, %(first)s)
                    AS integer) AS size,
               (SELECT sealed FROM holders WHERE id = holder) AS box
        FROM redemptions
        WHERE lot = %(lot)s AND first_serial < %(end)s AND first_serial >= (
            SELECT max(first_serial) FROM redemptions
            WHERE lot = %(lot)s AND first_serial <= %(first)s
        )
    ) held
"""

Stretch = tuple[HolderId, int, int]  # consecutive serials of one holder: the first, how many


def stretches(connection: Connection, lot: LotId, first_serial: int, count: int) -> list[Stretch]:
    """Who holds the serials from `first_serial` on, in order, cut to `count`."""
    end = first_serial + count
    found: list[Stretch] = _rows(
        connection, _STRETCHES, {"lot": lot, "first": first_serial, "end": end}
    )
    if found:
        holder, start, length = found[0]
        found[0] = (holder, first_serial, start + length - first_serial)
        holder, start, length = found[-1]
        found[-1] = (holder, start, min(length, end - start))
    return found


def gathered(
    connection: Connection, lot: LotId, first_serial: int, count: int
) -> tuple[bytes, bytes]:
    """The boxes of whoever holds the serials from `first_serial` on, one a stretch, and how long
    each stretch is, in four bytes: cut to `count`, which they are in all."""
    values = {"lot": lot, "first": first_serial, "end": first_serial + count}
    [(held, sizes, total)] = _rows(connection, _GATHERED, values)
    assert total == count, "serials have no gap"
    return held, sizes


def boxes(connection: Connection, ids: Collection[HolderId]) -> dict[HolderId, bytes]:
    """The secrets of these holders, as they are kept: encrypted."""
    # As one text: the driver would look at each number of a list by itself.
    return dict(_rows(connection, _BOXES, {"ids": "{" + ",".join(map(str, ids)) + "}"}))


def secrets(
    connection: Connection, vault: Vault, ids: Collection[HolderId]
) -> dict[HolderId, HolderSecret]:
    """The secrets of these holders, decrypted; one who withdrew has none."""
    kept = boxes(connection, ids)
    return {holder: opened(vault, box) for holder, box in kept.items() if box}


def _rows(
    connection: Connection, query: str, values: Mapping[str, object]
) -> list[tuple[Any, ...]]:
    with driver(connection) as raw, raw.cursor(binary=True) as cursor:
        found: list[tuple[Any, ...]] = cursor.execute(query, values).fetchall()
    return found
