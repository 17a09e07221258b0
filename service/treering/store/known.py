"""Thousands of holders found at once by their lookups."""

from collections.abc import Collection
from struct import Struct

from psycopg.adapt import Dumper
from psycopg.pq import Format
from sqlalchemy import Connection

from treering.domain.holder import HolderId
from treering.store.driver import driver
from treering.store.holders import Lookup

_FIND = """
    SELECT string_agg(uuid_send(lookup) || int8send(id), '') FROM holders WHERE lookup = ANY(%s)
"""
_FOUND = Struct(">16sq")
_ARRAY = Struct(">iiiii")  # dimensions, nulls, type, how many, first index
_UUID, _UUIDS = 2950, 2951  # PostgreSQL's types
_LENGTH = b"\0\0\0\x10"


class _Lookups(bytes):
    """An array of uuid as PostgreSQL reads it in binary."""


class _AsTheyAre(Dumper):
    format, oid = Format.BINARY, _UUIDS

    def dump(self, obj: _Lookups) -> bytes:
        return obj


def find(connection: Connection, lookups: Collection[Lookup]) -> bytes:
    """Those of them that are there; `ids` reads it."""
    head = _ARRAY.pack(1, 0, _UUID, len(lookups), 1)
    asked = _Lookups(_LENGTH.join([head, *lookups]))
    with driver(connection) as raw, raw.cursor(binary=True) as cursor:
        cursor.adapters.register_dumper(_Lookups, _AsTheyAre)
        # Planned each time: a plan from when the table was empty would read all of it later.
        ((found,),) = cursor.execute(_FIND, [asked], prepare=False).fetchall()
    return found or b""


def ids(found: bytes) -> dict[Lookup, HolderId]:
    """What `find` brought, by lookup."""
    return dict(_FOUND.iter_unpack(found))
