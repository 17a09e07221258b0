"""The ground in memory: forest no. 277 as it is published, and nothing of any other lot."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from tests import pictures
from treering import errors
from treering.domain import due, survival
from treering.domain.due import Due
from treering.domain.exhibit import Told
from treering.domain.ground import (
    Dispute,
    Exhibit,
    Fact,
    LotBook,
    LotGround,
    PartyOnLot,
    Site,
)
from treering.domain.land.feature import Party, SiteIn, features
from treering.domain.land.measure import area
from treering.domain.land.polygon import Polygon, read
from treering.domain.lot import Lot, Unit
from treering.domain.planting import Band, density
from treering.domain.role import Person
from treering.domain.stage import Stage
from treering.domain.survival import Measure, Rule, Survival
from treering.domain.view import LotView
from treering.flow.inspecting.inspect import Finding, Signed
from treering.flow.inspecting.land import Loaded
from treering.intake.evidence import digest
from treering.store import example

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PHOTO = pictures.plain_jpeg()
LOST = pictures.plain_jpeg(1)
_RULE = Rule("ARID", Measure.SURVIVAL, date(1995, 1, 1), None, 70, 41, "GB/T 15776-2023")
_NAMES = {row["code"]: (row["en"], row["zh"] or row["en"]) for row in example.rows("partners")}


def _exhibit(content: bytes, kind: str, *, lost: bool = False) -> Exhibit:
    return Exhibit(
        hash=digest(content),
        received=digest(b"as it came" + content),
        lot="ANT_FOREST-277",
        party_en="China Green Foundation",
        party_zh="中国绿化基金会",
        kind=kind,
        media_type="application/pdf" if kind == "REPORT" else "image/jpeg",
        size=len(content),
        taken_on="2019-05",
        longitude=None,
        latitude=None,
        caption_en="A placeholder, for no picture was published",
        caption_zh="占位图，未公布任何影像",
        standing="placeholder",
        source="made for the example",
        added_at=NOW,
        checked_at=NOW,
        lost_at=NOW if lost else None,
        lost_why="gone" if lost else None,
    )


def ground_277() -> LotGround:
    (feature,) = features(example.ground())
    told = feature.properties
    assert isinstance(told, SiteIn)
    polygon = read(feature.geometry)
    per_mu = density(told.facts, area(polygon), Unit.TREE)
    found = Fact(value=f"{per_mu:g}", standing="derived", source="design count by polygon")
    return LotGround(
        site=_site(told, polygon),
        parties=tuple(map(_party, told.parties)),
        facts={
            name: Fact(value=_plain(each.value), standing=each.standing, source=each.source)
            for name, each in told.facts.items()
        }
        | {"DENSITY_PER_MU": found},
        disputes=tuple(
            Dispute(kind="STATEMENT", beside=None, area_m2=None, **msgspec.structs.asdict(each))
            for each in told.disputes
        ),
        evidence=(_exhibit(PHOTO, "DRONE"), _exhibit(LOST, "PHOTO", lost=True)),
        band=(45.0, 167.0),
        in_band=Band(45.0, 167.0).holds(per_mu or 0),
    )


def _site(told: SiteIn, polygon: Polygon) -> Site:
    return Site(
        code="150000/277",
        project_en="Alxa planting 2019",
        project_zh="2019年阿拉善造林",
        zone=told.zone,
        geometry=polygon.given,
        box=polygon.box,
        area_m2=area(polygon),
        declared_m2=told.declared_m2,
        standing=told.standing,
        source=told.source,
        loaded_at=NOW,
    )


def _party(told: Party) -> PartyOnLot:
    return PartyOnLot(
        role=told.role,
        code=told.party,
        en=_NAMES[told.party][0],
        zh=_NAMES[told.party][1],
        stated_on=told.stated_on,
        standing=told.standing,
        source=told.source,
    )


def _plain(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"


_NOTHING = LotGround(site=None, parties=(), facts={}, disputes=(), evidence=())


class FakeGround:
    """`alive` of a thousand, where a test says so."""

    def __init__(self) -> None:
        self.known = {"ANT_FOREST-277": ground_277()}
        self.alive: int | None = None
        self.today = date(2026, 11, 22)

    def book(self, view: LotView) -> LotBook:
        found = self.survival(view)
        return LotBook(
            ground=self.known.get(view.lot.slug, _NOTHING),
            sheets={},
            survival=found,
            due=due.due(view.lot, view.facts, found, None, self.today),
        )

    def survival(self, _view: LotView) -> Survival | None:
        if self.alive is None:
            return None
        told = survival.outcome(self.alive, 1000, _RULE)
        return Survival(self.alive, 1000, date(2020, 10, 1), told, _RULE, is_sheet=True)

    def due(self) -> Sequence[Due]:
        begins, ends = date(2022, 9, 1), date(2024, 12, 31)
        return [Due("ANT_FOREST-277", Stage.SURVEY, "PRESERVATION", begins, ends, True)]

    def site(self, slug: str) -> tuple[Lot, Site]:
        raise errors.SiteNotFound(slug)

    def load_land(self, by: Person, content: bytes) -> Loaded:
        features(content)
        return Loaded()

    def add_evidence(self, by: Person, slug: str, content: bytes, told: Told) -> Exhibit:
        raise errors.EvidenceRefused("neither JPEG, PNG, WebP nor PDF by its first bytes")

    def evidence(self, hash_: bytes) -> Exhibit:
        for each in self.known["ANT_FOREST-277"].evidence:
            if hash_ in (each.hash, each.received):
                return each
        raise errors.EvidenceNotFound(hash_.hex())

    def file(self, hash_: bytes) -> tuple[Exhibit, bytes]:
        found = self.evidence(hash_)
        if found.lost_at:
            raise errors.EvidenceLost(found.hash.hex())
        return found, PHOTO

    def prepare(self, found: Finding, inspector: str) -> dict[str, Any]:
        raise errors.StatementRefused(f"{inspector} is no inspector on the chain")

    def submit(self, signed: Signed) -> bytes:
        raise errors.StatementRefused("its message has other fields than a Statement")

    def statement(self, id_: bytes) -> tuple[str, str | None]:
        raise errors.StatementNotFound(id_.hex())
