"""Thousands of rows at once, by COPY, inside the caller's transaction."""

from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from struct import Struct
from typing import LiteralString

from sqlalchemy import Connection, text

from treering.domain.holder import HolderId
from treering.domain.record import LotId
from treering.store import known
from treering.store.driver import driver
from treering.store.holders import Lookup

_IS_OF = """
    SELECT 1 FROM redemptions, (SELECT %s::bigint[] AS asked) AS given
    WHERE lot = asked[2] AND first_serial = asked[3] AND holder = asked[1] AND count = asked[4]
"""
_NEXT = """
    SELECT nextval(pg_get_serial_sequence('holders', 'id')) FROM generate_series(1, %s)
"""
_LOCK = text("""
    SELECT id, asked, capacity FROM lots WHERE id = ANY(:lots) ORDER BY id FOR NO KEY UPDATE
""")
_TAKE = text("""
    UPDATE lots SET asked = asked + taken.count
    FROM unnest(CAST(:lots AS bigint[]), CAST(:counts AS bigint[])) AS taken (lot, count)
    WHERE id = taken.lot
""")
_HOLDERS = "COPY holders (id, lookup, sealed) FROM STDIN (FORMAT binary)"
_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # of what is copied in binary
_TAIL = b"\xff\xff"
_HOLDER = Struct(">hiqi16si")  # each field after its length, the last one without itself
_REDEMPTIONS = (
    "COPY redemptions (lot, recorded_at, price_grams, first_serial, holder, redeemed_at, count,"
    " masked_name, campaign) FROM STDIN (FORMAT binary)"
)


class Bulk:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def holders(self, lookups: Collection[Lookup]) -> dict[Lookup, HolderId]:
        """Ids of the holders that are known, by lookup."""
        return known.ids(known.find(self._connection, lookups))

    def is_of(self, holder: HolderId, lot: LotId, first_serial: int, count: int) -> bool:
        """Whether this was redeemed for him."""
        return bool(self._rows(_IS_OF, [holder, lot, first_serial, count]))

    def add_holders(self, boxes: Mapping[Lookup, bytes]) -> dict[Lookup, HolderId]:
        """By lookup; IntegrityError if one exists by now."""
        # In one order always, so that two who add the same ones wait rather than deadlock.
        fresh = sorted(boxes)
        ids = [HolderId(number) for (number,) in self._rows(_NEXT, len(fresh))]
        rows = zip(ids, fresh, strict=True)
        packed = b"".join(_packed(number, lookup, boxes[lookup]) for number, lookup in rows)
        self._copy(_HOLDERS, [_HEAD, packed, _TAIL])
        return dict(zip(fresh, ids, strict=True))

    def lock(self, lots: Iterable[LotId]) -> dict[LotId, tuple[int, int]]:
        """(asked, capacity) of each lot, which nobody else moves until the transaction ends."""
        rows = self._connection.execute(_LOCK, {"lots": list(lots)})
        return {LotId(lot): (asked, capacity) for lot, asked, capacity in rows}

    def take(self, counts: Mapping[LotId, int]) -> None:
        """Move lots on that are locked. The database refuses to oversell one."""
        self._connection.execute(_TAKE, {"lots": list(counts), "counts": list(counts.values())})

    def add_redemptions(self, pieces: Iterable[bytes]) -> None:
        """Rows of `store.rows`, in pieces of any number."""
        self._copy(_REDEMPTIONS, chain([_HEAD], pieces, [_TAIL]))

    def _rows(self, statement: LiteralString, value: object) -> list[tuple[int, ...]]:
        """Beside SQLAlchemy, which takes longer for a row than PostgreSQL."""
        with driver(self._connection) as raw, raw.cursor(binary=True) as cursor:
            return cursor.execute(statement, [value]).fetchall()

    def _copy(self, statement: LiteralString, pieces: Iterable[bytes]) -> None:
        with driver(self._connection) as raw, raw.cursor().copy(statement) as copy:
            for piece in pieces:
                copy.write(piece)


def _packed(number: HolderId, lookup: Lookup, box: bytes) -> bytes:
    return _HOLDER.pack(3, 8, number, 16, lookup, len(box)) + box
