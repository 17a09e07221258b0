"""Thousands of rows at once, by COPY, inside the caller's transaction."""

import os
from collections.abc import Iterable, Mapping
from datetime import datetime

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from treering.domain.holder import SECRET_BYTES, HolderId, reference_hash
from treering.domain.record import LotId
from treering.store.vault import Vault

_FIND = text("""
    SELECT wanted.place, holders.id
    FROM unnest(CAST(:lookups AS uuid[])) WITH ORDINALITY AS wanted (lookup, place)
    JOIN holders USING (lookup)
""")
_NEXT = text("""
    SELECT nextval(pg_get_serial_sequence('holders', 'id')) FROM generate_series(1, :count)
""")
_LOCK = text("""
    SELECT id, asked, capacity FROM lots WHERE id = ANY(:lots) ORDER BY id FOR NO KEY UPDATE
""")
_TAKE = text("""
    UPDATE lots SET asked = asked + taken.count
    FROM unnest(CAST(:lots AS bigint[]), CAST(:counts AS bigint[])) AS taken (lot, count)
    WHERE id = taken.lot
""")
_HOLDERS = "COPY holders (id, lookup, sealed) FROM STDIN"
_REDEMPTIONS = (
    "COPY redemptions (lot, first_serial, holder, redeemed_at, recorded_at, count, price_grams,"
    " masked_name, campaign) FROM STDIN"
)


class Bulk:
    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def holders(self, references: Mapping[str, str]) -> dict[str, HolderId]:
        """Ids of the holders that are known, by lookup. `references` are by lookup, too."""
        wanted = list(references)
        rows = self._connection.execute(_FIND, {"lookups": wanted})
        return {wanted[place - 1]: HolderId(number) for place, number in rows}

    def add_holders(self, references: Mapping[str, str]) -> dict[str, HolderId]:
        """New holders, each with a secret of his own; IntegrityError if one exists by now."""
        # In one order always, so that two who add the same ones wait rather than deadlock.
        fresh = sorted(references)
        secrets = os.urandom(SECRET_BYTES * len(fresh))
        boxes = [
            secrets[i * SECRET_BYTES :][:SECRET_BYTES] + reference_hash(references[lookup])
            for i, lookup in enumerate(fresh)
        ]
        sealed = self._vault.seal_many(boxes, "holder")
        ids = self._connection.execute(_NEXT, {"count": len(fresh)}).scalars().all()
        rows = zip(ids, fresh, sealed, strict=True)
        self._copy(_HOLDERS, (f"{i}\t{lookup}\t\\\\x{box.hex()}\n" for i, lookup, box in rows))
        return dict(zip(fresh, ids, strict=True))

    def lock(self, lots: Iterable[LotId]) -> dict[LotId, tuple[int, int]]:
        """(asked, capacity) of each lot, which nobody else moves until the transaction ends."""
        rows = self._connection.execute(_LOCK, {"lots": list(lots)})
        return {LotId(lot): (asked, capacity) for lot, asked, capacity in rows}

    def take(self, counts: Mapping[LotId, int]) -> None:
        """Move lots on that are locked. The database refuses to oversell one."""
        self._connection.execute(_TAKE, {"lots": list(counts), "counts": list(counts.values())})

    def add_redemptions(self, rows: Iterable[str]) -> None:
        """Rows as `redemption_row` writes them."""
        self._copy(_REDEMPTIONS, rows)

    def _copy(self, statement: str, rows: Iterable[str]) -> None:
        driver = self._connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        try:
            with driver.cursor() as cursor, cursor.copy(statement) as copy:
                copy.write("".join(rows))
        except psycopg.Error as error:  # as SQLAlchemy raises it elsewhere
            raise DBAPIError.instance(statement, None, error, psycopg.Error) from error


def redemption_tail(
    redeemed_at: datetime, recorded: str, count: int, price_grams: int, masked: str, campaign: str
) -> str:
    """The part of a row that follows lot, first serial and holder."""
    told = f"{masked}\t{campaign}"
    if "\\" in told:
        told = told.replace("\\", "\\\\")
    return f"{redeemed_at.isoformat()}\t{recorded}\t{count}\t{price_grams}\t{told}\n"
