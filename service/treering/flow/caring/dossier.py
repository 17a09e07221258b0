"""A dossier: all that the books hold of one holder, as he is given it.

There is no name in it but masked, no reference and no account: none is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from treering.domain.holder import HolderId
from treering.domain.record import LotId, tree_id
from treering.domain.redemption import redemption_id
from treering.store import care
from treering.store.tables.holders import erasures, guardians, hidden_names


@dataclass(frozen=True, slots=True)
class Dossier:
    connection: Connection
    holder: HolderId
    now: datetime

    def told(self, after: tuple[int, int]) -> Mapping[str, Any]:
        """A page of redemptions behind (lot, first serial), `next` where there may be more."""
        rows = care.page(self.connection, self.holder, after)
        last = rows[-1] if len(rows) == care.PAGE else None
        return {
            "as_of": _written(self.now),
            "kept": {
                "reference": "a keyed hash, and a hash within an encrypted box",
                "secret": "32 random bytes, encrypted",
                "name": "masked, once with each redemption",
            },
            "name_shown": care.row_of(self.connection, hidden_names, self.holder) is None,
            "guardian": self._guardian(),
            "leaves": self._leaves(),
            "redemptions": [_redemption(row) for row in rows],
            "exchanges": [
                {"year": row.year, "state": row.state, "number": row.number}
                for row in care.exchanged(self.connection, self.holder)
            ],
            "next": f"{last.lot}.{last.first_serial}" if last else None,
        }

    def _guardian(self) -> dict[str, Any] | None:
        word = care.row_of(self.connection, guardians, self.holder)
        if word is None:
            return None
        return {"consents": word.consents, "by": word.by.hex(), "at": _written(word.at)}

    def _leaves(self) -> str | None:
        """From when on he may leave, who asked for it."""
        asked = care.row_of(self.connection, erasures, self.holder)
        return _written(asked.due_at) if asked else None


def _redemption(row: Row[Any]) -> dict[str, Any]:
    lot, first, count = LotId(row.lot), row.first_serial, row.units
    return {
        "id": str(redemption_id(tree_id(lot, first))),
        "lot": lot,
        "first_serial": first,
        "count": count,
        "masked_name": row.masked_name,
        "campaign": row.campaign or None,
        "price_grams": row.price_grams,
        "redeemed_at": _written(row.redeemed_at),
        "recorded_at": _written(row.recorded_at),
    }


def _written(moment: datetime) -> str:
    return moment.isoformat()
