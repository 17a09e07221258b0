"""Lots on the map: where the polygon lies, how much is redeemed, what is in dispute."""

from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from treering.domain.lot import Unit
from treering.domain.provenance.search import Box, Question
from treering.domain.provenance.spot import Spot
from treering.store.hunt import fits
from treering.store.tables.books import lots, provinces, species
from treering.store.tables.ground import disputes, sites

_OPEN = (
    select(func.count())
    .where(
        or_(
            disputes.c.lot == lots.c.id,
            disputes.c.site == lots.c.site,
            disputes.c.other_site == lots.c.site,
        ),
        disputes.c.closed_on.is_(None),
    )
    .scalar_subquery()
)
_LOTS = (
    select(
        *(lots.c[name] for name in "slug programme province site_en site_zh year asked".split()),
        *(lots.c[name] for name in ("species", "unit")),
        provinces.c.en.label("province_en"),
        provinces.c.zh.label("province_zh"),
        species.c.en.label("species_en"),
        species.c.zh.label("species_zh"),
        _OPEN.label("disputes"),
        *(sites.c[side] for side in ("west", "south", "east", "north")),
    )
    .join(provinces, provinces.c.adcode == lots.c.province)
    .join(species, species.c.code == lots.c.species)
    .outerjoin(sites, and_(sites.c.code == lots.c.site, sites.c.programme == lots.c.programme))
    .order_by(lots.c.id)
)


def spots(connection: Connection, asked: Question) -> list[Spot]:
    """The lots that fit a question, by their ids."""
    return [_spot(row._asdict()) for row in connection.execute(_LOTS.where(*fits(asked)))]


def _spot(told: dict[str, Any]) -> Spot:
    sides = [told.pop(side) for side in ("west", "south", "east", "north")]
    unit = Unit(told.pop("unit")).name
    return Spot(**told, unit=unit, box=None if sides[0] is None else Box(*sides))
