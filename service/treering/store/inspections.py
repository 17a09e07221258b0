"""Inspections in SQL: rules by zone, sheets by their hash, statements that wait to be relayed."""

from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from treering.domain.inspection import Land
from treering.domain.lot import Lot
from treering.domain.record import LotId
from treering.domain.survival import Measure, Rule
from treering.store.tables.books import lots, parties
from treering.store.tables.ground import (
    inspection_sheets,
    lot_parties,
    signed_statements,
    sites,
    survival_rules,
)


class Inspections:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rules(self) -> list[Rule]:
        query = select(survival_rules).order_by(survival_rules.c.valid_from.desc())
        return [
            Rule(
                zone=row.zone,
                measure=Measure(row.measure),
                valid_from=row.valid_from,
                valid_until=row.valid_until,
                passes=row.passes,
                replant=row.replant,
                standard=row.standard,
            )
            for row in self._connection.execute(query)
        ]

    def zones(self) -> dict[str, str]:
        """Of every site that has a polygon, by its code."""
        query = select(sites.c.code, sites.c.zone)
        return {row.code: row.zone for row in self._connection.execute(query)}

    def land_under(self, lot: Lot) -> Land:
        """The site's polygon, measured when it was loaded."""
        area = select(sites.c.area_m2).where(sites.c.code == lot.site).scalar_subquery()
        beside = select(func.count()).where(lots.c.site == lot.site).scalar_subquery()
        row = self._connection.execute(select(area.label("area"), beside.label("lots"))).one()
        return Land(row.area, row.lots == 1)

    def sheets(self, lot: LotId | None = None) -> dict[bytes, dict[str, Any]]:
        """By hash: of one lot, or of all."""
        query = select(inspection_sheets.c.hash, inspection_sheets.c.sheet)
        if lot is not None:
            query = query.where(inspection_sheets.c.lot == lot)
        return {row.hash: row.sheet for row in self._connection.execute(query)}

    def own_roles(self, lot: LotId, address: str) -> set[str]:
        """The roles on the lot of the party that signs with this address; "" for being known."""
        party = self._connection.execute(
            select(parties.c.code).where(parties.c.address == address)
        ).scalar_one_or_none()
        if party is None:
            return set()
        query = select(lot_parties.c.role).where(
            lot_parties.c.lot == lot, lot_parties.c.party == party
        )
        found = set(self._connection.execute(query).scalars())
        planter = select(lots.c.id).where(lots.c.id == lot, lots.c.implementer == party)
        if self._connection.execute(planter).one_or_none():
            found.add("IMPLEMENTER")
        return found | {""}

    def add(self, values: dict[str, object], sheet: dict[str, Any] | None) -> bool:
        """Whether the statement is new. Its sheet is kept with it."""
        added = insert(signed_statements).values(values).on_conflict_do_nothing()
        found = self._connection.execute(added.returning(signed_statements.c.id))
        if sheet is not None:
            kept = insert(inspection_sheets).values(
                hash=values["report"],
                lot=values["lot"],
                stage=values["stage"],
                sheet=sheet,
                received_at=values["received_at"],
            )
            self._connection.execute(kept.on_conflict_do_nothing())
        return found.one_or_none() is not None

    def waiting(self, limit: int = 20) -> list[Any]:
        """Statements that no transaction has brought yet, in the order in which they came."""
        query = select(signed_statements).where(signed_statements.c.state == "received")
        ordered = query.order_by(signed_statements.c.received_at, signed_statements.c.id)
        return list(self._connection.execute(ordered.limit(limit)))

    def find(self, id_: bytes) -> Any | None:
        query = select(signed_statements).where(signed_statements.c.id == id_)
        return self._connection.execute(query).one_or_none()

    def settle(self, id_: bytes, state: str, why: str | None) -> None:
        self._connection.execute(
            update(signed_statements)
            .where(signed_statements.c.id == id_, signed_statements.c.state == "received")
            .values(state=state, why=why)
        )
