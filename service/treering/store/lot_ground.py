"""What is told of a lot: its parties in their roles, facts of its planting, disputes."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert

from treering.domain.land.feature import Dispute, Fact, Party
from treering.domain.lot import Lot
from treering.domain.planting import Band
from treering.domain.record import LotId
from treering.errors import GroundRefused, PartyNotFound
from treering.store.parties import is_known
from treering.store.tables.ground import density_bands, disputes, ground_facts, lot_parties

# What an answer adds to a dispute; all else of it stays as it was first told.
_ANSWER = (
    "answered_on",
    "answered_by_en",
    "answered_by_zh",
    "answer_en",
    "answer_zh",
    "closed_on",
)
_OURS = ("OVERLAP-", "CLAIM-")  # and so nobody can take the code of one that is yet to be found


class LotGrounds:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def roles(self, lot: LotId) -> list[Party]:
        """Who has which role on the lot."""
        query = select(lot_parties).where(lot_parties.c.lot == lot)
        return [
            Party(
                party=row.party,
                role=row.role,
                stated_on=row.stated_on,
                standing=row.standing,
                source=row.source,
            )
            for row in self._connection.execute(query)
        ]

    def add_parties(self, lot: LotId, named: Iterable[Party]) -> None:
        """What was known of the same party's role is told anew; PartyNotFound."""
        for each in named:
            values = {"lot": lot, **msgspec.structs.asdict(each)}
            added = insert(lot_parties).values(values)
            told = {name: values[name] for name in ("stated_on", "standing", "source")}
            if not is_known(self._connection, each.party):
                raise PartyNotFound(each.party)
            self._connection.execute(added.on_conflict_do_update(constraint=_PARTIES, set_=told))

    def add_facts(self, lot: LotId, facts: Mapping[str, Fact]) -> None:
        for name, fact in facts.items():
            told = {
                "value": _text(fact.value),
                "standing": fact.standing,
                "source": fact.source,
            }
            added = insert(ground_facts).values(lot=lot, fact=name, **told)
            self._connection.execute(added.on_conflict_do_update(constraint=_FACTS, set_=told))

    def add_disputes(self, lot: Lot, told: Iterable[Dispute], *, may_close: bool) -> None:
        """A dispute that is known is answered or closed, never told otherwise.

        One between two sites is answered by either. Whom it is about does not close it:
        `may_close` is for others. GroundRefused for a code that is another's, or ours to give.
        """
        for each in told:
            row = self._dispute(each.code)
            if row is None:
                self._add_dispute(lot, each)
            else:
                self._answer(lot, each, row, may_close=may_close)

    def _dispute(self, code: str) -> Row[Any] | None:
        query = select(disputes).where(disputes.c.code == code)
        return self._connection.execute(query).one_or_none()

    def _add_dispute(self, lot: Lot, told: Dispute) -> None:
        if told.code.startswith(_OURS):
            raise GroundRefused(f"{told.code}: codes of this form are given by Treering")
        values = {"lot": lot.id, "kind": "STATEMENT", **msgspec.structs.asdict(told)}
        self._connection.execute(insert(disputes).values(values))

    def _answer(self, lot: Lot, told: Dispute, row: Row[Any], *, may_close: bool) -> None:
        if row.lot != lot.id and lot.site not in (row.site, row.other_site):
            raise GroundRefused(f"{told.code} is no dispute of {lot.slug}")
        if told.closed_on not in (None, row.closed_on) and not may_close:
            raise GroundRefused(f"{told.code} is not closed by those whom it is about")
        values = msgspec.structs.asdict(told)
        answer = {name: values[name] for name in _ANSWER if values[name] is not None}
        if answer:
            here = disputes.c.code == told.code
            self._connection.execute(update(disputes).where(here).values(answer))

    def add_overlap(self, values: Mapping[str, object]) -> bool:
        """Whether this pair was not in dispute before."""
        added = insert(disputes).values(values).on_conflict_do_nothing()
        found = self._connection.execute(added.returning(disputes.c.code))
        return found.one_or_none() is not None

    def band(self, species: str) -> Band | None:
        query = select(density_bands).where(density_bands.c.species == species)
        row = self._connection.execute(query).one_or_none()
        return Band(_float(row.least_per_mu), _float(row.most_per_mu)) if row else None


_PARTIES = lot_parties.primary_key
_FACTS = ground_facts.primary_key


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _text(value: str | float) -> str:
    """A number as plainly as it can be written."""
    return value if isinstance(value, str) else f"{value:.12g}"
