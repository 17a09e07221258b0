"""Sites, claims elsewhere, and what lies over what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects.postgresql import insert

from treering.domain.land import polygon
from treering.domain.land.boxes import Box
from treering.domain.land.feature import ClaimIn, SiteIn
from treering.domain.land.measure import shape
from treering.domain.lot import Lot
from treering.errors import SiteStands
from treering.store.tables.ground import declared_claims, projects, sites

Row = dict[str, object]


class Land:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_site(
        self, lot: Lot, told: SiteIn, land: polygon.Polygon, area: float, now: datetime
    ) -> bool:
        """Whether it is new; SiteStands if the site has another polygon."""
        standing = self._connection.execute(
            select(sites.c.geometry).where(sites.c.code == lot.site)
        ).scalar_one_or_none()
        if standing is not None and standing != land.given:
            raise SiteStands(f"{lot.site}, of {lot.slug}")
        if standing is not None:
            return False
        values = {
            "code": lot.site,
            "programme": lot.programme,
            "province": lot.adcode,
            "project": self._project(told, lot),
            "zone": told.zone,
            "declared_m2": told.declared_m2,
            "source": told.source,
            **_land(land, area, told.standing, now),
        }
        self._connection.execute(sites.insert().values(values))
        return True

    def add_claim(
        self, told: ClaimIn, land: polygon.Polygon, area: float, now: datetime
    ) -> int | None:
        """Its id; None if this register's reference is known already. It is never changed."""
        values = {
            "register": told.register,
            "reference": told.reference,
            **_land(land, area, told.standing, now),
        }
        added = insert(declared_claims).values(values).on_conflict_do_nothing()
        found = self._connection.execute(added.returning(declared_claims.c.id))
        number: int | None = found.scalar_one_or_none()
        return number

    def sites_at(self, box: Box) -> dict[str, Any]:
        """Shapes of the sites whose boxes touch this one, by code."""
        return self._at(sites, sites.c.code, box)

    def claims_at(self, box: Box) -> dict[int, Any]:
        """Shapes of the claims whose boxes touch this one, by id."""
        return self._at(declared_claims, declared_claims.c.id, box)

    def _at(self, table: Table, name: Any, box: Box) -> dict[Any, Any]:
        query = select(name, table.c.geometry).where(
            table.c.west <= box.east,
            table.c.east >= box.west,
            table.c.south <= box.north,
            table.c.north >= box.south,
        )
        return {
            code: shape(polygon.read(geometry))
            for code, geometry in self._connection.execute(query)
        }

    def _project(self, told: SiteIn, lot: Lot) -> str | None:
        if told.project is None:
            return None
        values: Mapping[str, object] = {
            "code": told.project.code,
            "programme": lot.programme,
            "en": told.project.en,
            "zh": told.project.zh,
            "standing": told.standing,
            "source": told.source,
        }
        self._connection.execute(insert(projects).values(values).on_conflict_do_nothing())
        return told.project.code


def _land(land: polygon.Polygon, area: float, standing: str, now: datetime) -> Row:
    return {
        "geometry": land.given,
        **land.box._asdict(),
        "area_m2": area,
        "standing": standing,
        "loaded_at": now,
    }
