"""Land: sites and claims from a GeoJSON file, judged, measured, and held against other land.

A file is taken as a whole or not at all; the same file again changes nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, Engine

from treering.domain import planting
from treering.domain.instant import SHANGHAI
from treering.domain.land import boxes, polygon
from treering.domain.land.feature import ClaimIn, Fact, Feature, SiteIn, features
from treering.domain.land.measure import is_clockwise, judged, shape
from treering.domain.land.overlaps import Overlap, overlaps
from treering.domain.role import Person
from treering.errors import GroundUnreadable, TreeringError
from treering.flow.admitting.changes import tell_change
from treering.flow.admitting.keybook import CONSOLE
from treering.store.land import Land
from treering.store.lot_ground import LotGrounds
from treering.store.lots import Lots

_SOURCE = "found by Treering when the polygons were loaded"


@dataclass(slots=True)
class Loaded:
    """What a file brought. `remarks` are of what is odd and no fault."""

    sites: int = 0
    claims: int = 0
    disputes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Surveyor:
    """`is_told` is False where an example is founded, and nobody acts."""

    engine: Engine
    clock: Callable[[], datetime]
    is_told: bool = True

    def load(self, content: bytes, by: Person = CONSOLE) -> Loaded:
        """Everything of the file, or a refusal that names the feature; nothing then.

        A programme touches no lot of another.
        """
        loaded = Loaded()
        with self.engine.begin() as connection:
            task = _Task(connection, self.clock(), loaded, by.programme)
            for number, feature in enumerate(features(content), start=1):
                try:
                    task.take(feature)
                except TreeringError as error:
                    error.args = (f"feature {number}: {error}",)
                    raise
            if self.is_told:
                tell_change(connection, self.clock(), "land", content, by=by)
        return loaded


@dataclass(frozen=True, slots=True)
class _Task:
    connection: Connection
    now: datetime
    loaded: Loaded
    programme: str | None

    def take(self, feature: Feature) -> None:
        told = feature.properties
        if isinstance(told, SiteIn):
            self._site(told, feature.geometry)
        else:
            self._claim(told, feature.geometry)

    def _site(self, told: SiteIn, geometry: object) -> None:
        lot = Lots(self.connection).named(told.lot)
        if self.programme not in (None, lot.programme):
            raise GroundUnreadable(f"{lot.slug} is another programme's")
        land = polygon.read(geometry, boxes.BOXES.get(lot.adcode, boxes.EVERYWHERE))
        area = judged(land, told.declared_m2)
        planting.check(told, lot.year, self.now.astimezone(SHANGHAI).date())
        grounds = LotGrounds(self.connection)
        planting.check_roles([*grounds.roles(lot.id), *told.parties])
        is_new = Land(self.connection).add_site(lot, told, land, area, self.now)
        self._remark(lot.slug, land)
        grounds.add_parties(lot.id, told.parties)
        grounds.add_facts(lot.id, told.facts)
        per_mu = planting.density(told.facts, area, lot.unit)
        if per_mu is not None:
            found = Fact(value=per_mu, standing="derived", source="design count by polygon")
            grounds.add_facts(lot.id, {"DENSITY_PER_MU": found})
            band = grounds.band(lot.species.code)
            if band and not band.holds(per_mu):
                self.loaded.remarks.append(f"{lot.slug}: {per_mu} a mu, outside the band")
        grounds.add_disputes(lot, told.disputes, may_close=self.programme is None)
        self.loaded.sites += is_new
        self._hold_site(lot.site, land)

    def _claim(self, told: ClaimIn, geometry: object) -> None:
        land = polygon.read(geometry)
        name = f"{told.register} {told.reference}"
        number = Land(self.connection).add_claim(told, land, judged(land, None), self.now)
        self._remark(name, land)
        if number is None:
            return
        self.loaded.claims += 1
        over = Land(self.connection).sites_at(land.box)
        for found in overlaps({name: shape(land)}, over):
            self._dispute(found.other, found.area, ("CLAIM", str(number)), {"claim": number})

    def _hold_site(self, code: str, land: polygon.Polygon) -> None:
        """Against the other sites, and against what others claim elsewhere."""
        for found in self._over(code, land):
            one, other = sorted((found.one, found.other))
            self._dispute(one, found.area, ("OVERLAP", other), {"other_site": other})
        claims = Land(self.connection).claims_at(land.box)
        over = {str(number): there for number, there in claims.items()}
        for found in overlaps({code: shape(land)}, over):
            self._dispute(code, found.area, ("CLAIM", found.other), {"claim": int(found.other)})

    def _over(self, code: str, land: polygon.Polygon) -> Iterable[Overlap]:
        others = Land(self.connection).sites_at(land.box)
        others.pop(code, None)
        return overlaps({code: shape(land)}, others)

    def _dispute(
        self, site: str, area: float, between: tuple[str, str], with_: dict[str, object]
    ) -> None:
        kind, other = between
        code = f"{kind}-{sha256(f'{site}|{other}'.encode()).hexdigest()[:12].upper()}"
        values: dict[str, object] = {
            "code": code,
            "kind": kind,
            "site": site,
            "area_m2": area,
            "opened_on": self.now.astimezone(SHANGHAI).strftime("%Y-%m-%d"),
            "raised_by_en": "Treering",
            "raised_by_zh": "Treering",
            "statement_en": "Two polygons lie over each other.",
            "statement_zh": "两个地块相互重叠。",
            "standing": "derived",
            "source": _SOURCE,
            **with_,
        }
        if LotGrounds(self.connection).add_overlap(values):
            self.loaded.disputes.append(code)

    def _remark(self, name: str, land: polygon.Polygon) -> None:
        if is_clockwise(land):
            self.loaded.remarks.append(f"{name}: an outer ring turns clockwise (RFC 7946, 3.1.6)")
