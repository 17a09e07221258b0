"""A page in the books for a group of redemptions of one lot: two trips, whatever its size.

Rows travel as one JSON document a statement, which PostgreSQL reads in a fraction of the time
that an array a column takes to be written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from treering.domain.lot import Lot
from treering.domain.redemption import Ask, Redemption
from treering.store import holders, lots, redemptions
from treering.store.redemptions import Brought, Place, key_hash
from treering.store.trip import Statement, trip
from treering.store.vault import Vault

_HOLDERS = text("""
    INSERT INTO holders (lookup, sealed)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS given (lookup uuid, sealed bytea)
    ON CONFLICT DO NOTHING
""")
# Each table in an order that no other group turns round: of two with the same keys one waits.
_REDEMPTIONS = text("""
    WITH given AS (
        SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS given (
            lot bigint, first_serial bigint, count int, lookup uuid, masked_name text,
            price_grams int, campaign text, redeemed_at timestamptz, recorded_at timestamptz,
            hash uuid, fingerprint bytea)
    ), redeemed AS (
        INSERT INTO redemptions (lot, first_serial, count, holder, masked_name, price_grams,
                                 campaign, redeemed_at, recorded_at)
        SELECT lot, first_serial, count,
               (SELECT id FROM holders WHERE holders.lookup = given.lookup),
               masked_name, price_grams, campaign, redeemed_at, recorded_at FROM given
    )
    INSERT INTO redemption_keys (hash, fingerprint, lot, first_serial)
    SELECT hash, fingerprint, lot, first_serial FROM given ORDER BY hash
""")


@dataclass(frozen=True, slots=True)
class Entry:
    """A redemption that is granted, and what is kept with it and shown to nobody."""

    redemption: Redemption
    ask: Ask
    fingerprint: bytes


class Folio:
    """For one transaction, and one lot: first `look`, then `write`."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault
        self._lookups: dict[tuple[str, str], str] = {}  # by programme and reference
        self._known: set[str] = set()

    def look(self, asks: Sequence[Ask]) -> tuple[Lot | None, dict[Place, Brought]]:
        """The asks' lot, which nobody else changes from now on, and what their keys brought."""
        places = redemptions.places_of((ask.programme, ask.key) for ask in asks)
        programmes = {ask.programme for ask in asks}
        lookup = {each: holders.lookups(self._vault, each) for each in programmes}
        for ask in asks:
            self._lookups[ask.programme, ask.wish.holder] = lookup[ask.programme](ask.wish.holder)
        found, earlier, known = trip(
            self._connection,
            [
                (lots.LOCKED, {"slug": asks[0].wish.lot}),
                (redemptions.OF_KEYS, {"hashes": list(places)}),
                (holders.KNOWN, {"lookups": list(self._lookups.values())}),
            ],
        )
        self._known = {row.lookup.hex for row in known}
        lot = lots.lot_of(found[0]) if found else None
        return lot, redemptions.brought(places, earlier)

    def write(self, entries: Sequence[Entry]) -> None:
        """Holders, redemptions, keys, and the lot's count of what is asked.

        IntegrityError if a programme's key is taken.
        """
        rows = [self._row(entry) for entry in entries]
        first = entries[0].redemption
        taken = sum(entry.redemption.count for entry in entries)
        statements: list[Statement] = [
            (_REDEMPTIONS, {"rows": _json(rows)}),
            (lots.TAKEN, {"lot": first.lot, "count": taken}),
        ]
        if new := self._new_holders(entries):
            statements.insert(0, (_HOLDERS, {"rows": _json(new)}))
        (row,) = trip(self._connection, statements)[-1]
        assert row.first == first.first_serial, "the lot was locked"

    def _new_holders(self, entries: Sequence[Entry]) -> list[dict[str, str]]:
        references = {(entry.ask.programme, entry.ask.wish.holder) for entry in entries}
        new = {self._lookups[each]: each[1] for each in references}
        unknown = {each: new[each] for each in sorted(new.keys() - self._known)}
        boxes = holders.sealed_many(self._vault, unknown)
        return [{"lookup": lookup, "sealed": _bytea(box)} for lookup, box in boxes.items()]

    def _row(self, entry: Entry) -> dict[str, Any]:
        made, ask = entry.redemption, entry.ask
        return {
            "lot": made.lot,
            "first_serial": made.first_serial,
            "count": made.count,
            "lookup": self._lookups[ask.programme, ask.wish.holder],
            "masked_name": made.masked_name,
            "price_grams": made.price_grams,
            "campaign": made.campaign or "",
            "redeemed_at": made.redeemed_at,
            "recorded_at": made.recorded_at,
            "hash": key_hash(ask.programme, ask.key),
            "fingerprint": _bytea(entry.fingerprint),
        }


def _json(rows: Sequence[object]) -> str:
    return msgspec.json.encode(rows).decode()


def _bytea(value: bytes) -> str:
    return "\\x" + value.hex()
