"""What is told of a lot: its parties in their roles, facts of its planting, disputes."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from treering.domain.land.feature import Dispute, Fact, Party
from treering.domain.planting import Band
from treering.domain.record import LotId
from treering.errors import PartyNotFound
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

    def add_disputes(self, lot: LotId, told: Iterable[Dispute]) -> None:
        """A dispute that is known is answered or closed, never told otherwise."""
        for each in told:
            values = {"lot": lot, "kind": "STATEMENT", **msgspec.structs.asdict(each)}
            added = insert(disputes).values(values)
            answer = {name: values[name] for name in _ANSWER if values[name] is not None}
            if answer:
                kept = added.on_conflict_do_update(
                    index_elements=["code"], set_=answer, where=disputes.c.lot == lot
                )
            else:
                kept = added.on_conflict_do_nothing(index_elements=["code"])
            self._connection.execute(kept)

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
