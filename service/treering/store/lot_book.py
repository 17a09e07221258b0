"""All that is known of what a lot stands on, read for pages, regulators and the API."""

from sqlalchemy import Connection, or_, select

from treering.domain.ground import Dispute, Fact, LotGround, PartyOnLot, Site
from treering.domain.land.boxes import Box
from treering.domain.lot import Lot
from treering.store.evidence import Evidence
from treering.store.lot_ground import LotGrounds
from treering.store.tables.books import lots, parties
from treering.store.tables.ground import (
    declared_claims,
    disputes,
    ground_facts,
    lot_parties,
    projects,
    sites,
)

_SITE = "code zone geometry area_m2 declared_m2 standing source loaded_at".split()
_DISPUTE = (
    "code kind area_m2 opened_on raised_by_en raised_by_zh statement_en statement_zh answered_on "
    "answered_by_en answered_by_zh answer_en answer_zh closed_on standing source"
).split()


def ground_of(connection: Connection, lot: Lot) -> LotGround:
    facts = _facts(connection, lot)
    band = LotGrounds(connection).band(lot.species.code)
    density = facts.get("DENSITY_PER_MU")
    return LotGround(
        site=_site(connection, lot),
        parties=_parties(connection, lot),
        facts=facts,
        disputes=_disputes(connection, lot),
        evidence=Evidence(connection).of_lot(lot.id),
        band=(band.least, band.most) if band else None,
        in_band=band.holds(float(density.value)) if band and density else None,
    )


def _site(connection: Connection, lot: Lot) -> Site | None:
    query = (
        select(sites, projects.c.en.label("project_en"), projects.c.zh.label("project_zh"))
        .outerjoin(projects, projects.c.code == sites.c.project)
        .where(sites.c.code == lot.site)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Site(
        project_en=row.project_en,
        project_zh=row.project_zh,
        box=Box(row.west, row.south, row.east, row.north),
        **{name: getattr(row, name) for name in _SITE},
    )


def _parties(connection: Connection, lot: Lot) -> tuple[PartyOnLot, ...]:
    query = (
        select(lot_parties, parties.c.en, parties.c.zh)
        .join(parties, parties.c.code == lot_parties.c.party)
        .where(lot_parties.c.lot == lot.id)
        .order_by(lot_parties.c.role, lot_parties.c.stated_on, parties.c.code)
    )
    return tuple(
        PartyOnLot(
            role=row.role,
            code=row.party,
            en=row.en,
            zh=row.zh,
            stated_on=row.stated_on,
            standing=row.standing,
            source=row.source,
        )
        for row in connection.execute(query)
    )


def _facts(connection: Connection, lot: Lot) -> dict[str, Fact]:
    query = select(ground_facts).where(ground_facts.c.lot == lot.id)
    return {
        row.fact: Fact(value=row.value, standing=row.standing, source=row.source)
        for row in connection.execute(query)
    }


def _disputes(connection: Connection, lot: Lot) -> tuple[Dispute, ...]:
    """Those of the lot itself, and those of the land that it stands on."""
    one, other = lots.alias("one"), lots.alias("other")
    query = (
        select(disputes, declared_claims.c.register, declared_claims.c.reference)
        .add_columns(one.c.slug.label("one"), other.c.slug.label("other"))
        .outerjoin(declared_claims, declared_claims.c.id == disputes.c.claim)
        .outerjoin(one, one.c.site == disputes.c.site)
        .outerjoin(other, other.c.site == disputes.c.other_site)
        .where(
            or_(
                disputes.c.lot == lot.id,
                disputes.c.site == lot.site,
                disputes.c.other_site == lot.site,
            )
        )
        .order_by(disputes.c.opened_on, disputes.c.code)
    )
    found = {  # a site may have several lots
        row.code: Dispute(
            beside=f"{row.register} {row.reference}"
            if row.register
            else (row.other if row.site == lot.site else row.one),
            **{name: getattr(row, name) for name in _DISPUTE},
        )
        for row in connection.execute(query)
    }
    return tuple(found.values())
