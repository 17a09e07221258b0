"""What a lot stands on, for whoever looks: the land, its parties and facts, evidence, disputes,
survival by the rules of its zone, and what is due."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine

from treering.domain import due, inspection, survival
from treering.domain.due import Due
from treering.domain.exhibit import Told
from treering.domain.ground import Exhibit, LotBook, Site
from treering.domain.instant import SHANGHAI
from treering.domain.lot import Lot
from treering.domain.role import Person
from treering.domain.survival import Rule, Survival
from treering.domain.view import LotView, StatementView
from treering.errors import SiteNotFound
from treering.flow.inspecting.evidence import Archive
from treering.flow.inspecting.inspect import Finding, Inspectorate, Signed
from treering.flow.inspecting.land import Loaded, Surveyor
from treering.flow.showing.lots import Gazetteer
from treering.store.inspections import Inspections
from treering.store.lot_book import ground_of
from treering.store.lots import Lots

Sheets = Mapping[bytes, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Forester:
    """What the web asks of the ground."""

    engine: Engine
    gazetteer: Gazetteer
    archive: Archive
    surveyor: Surveyor
    inspectorate: Inspectorate
    clock: Callable[[], datetime]

    def book(self, view: LotView) -> LotBook:
        with self.engine.connect() as connection:
            ground = ground_of(connection, view.lot)
            inspections = Inspections(connection)
            rules, sheets = inspections.rules(), inspections.sheets(view.lot.id)
        zone = ground.site.zone if ground.site else None
        alive = _survival(view, zone, rules, sheets)
        return LotBook(
            ground=ground,
            sheets=sheets,
            survival=alive,
            due=due.due(view.lot, view.facts, alive, _surveyed(view), self._today()),
        )

    def survival(self, view: LotView) -> Survival | None:
        """By what was inspected last after planting; None without it, or without a rule."""
        with self.engine.connect() as connection:
            inspections = Inspections(connection)
            zone, rules = inspections.zones().get(view.lot.site), inspections.rules()
            sheets = inspections.sheets(view.lot.id)
        return _survival(view, zone, rules, sheets)

    def survivals(self, views: Sequence[LotView]) -> dict[str, Survival | None]:
        """`survival` of each, by its slug."""
        with self.engine.connect() as connection:
            inspections = Inspections(connection)
            rules, zones = inspections.rules(), inspections.zones()
            sheets = inspections.sheets()
        return {
            view.lot.slug: _survival(view, zones.get(view.lot.site), rules, sheets)
            for view in views
        }

    def due(self) -> Sequence[Due]:
        """Of all lots, what should have ended earliest first."""
        views = self.gazetteer.lots()
        alive, today = self.survivals(views), self._today()
        found = [
            due.due(view.lot, view.facts, alive[view.lot.slug], _surveyed(view), today)
            for view in views
        ]
        return sorted((each for each in found if each), key=lambda each: (each.ends, each.lot))

    def site(self, slug: str) -> tuple[Lot, Site]:
        """Its exact polygon, for those who may see it; LotNotFound, SiteNotFound."""
        with self.engine.connect() as connection:
            lot = Lots(connection).named(slug)
            site = ground_of(connection, lot).site
        if site is None:
            raise SiteNotFound(slug)
        return lot, site

    def load_land(self, by: Person, content: bytes) -> Loaded:
        return self.surveyor.load(content, by)

    def add_evidence(self, by: Person, slug: str, content: bytes, told: Told) -> Exhibit:
        return self.archive.add(slug, content, told, by)

    def evidence(self, hash_: bytes) -> Exhibit:
        return self.archive.find(hash_)

    def file(self, hash_: bytes) -> tuple[Exhibit, bytes]:
        return self.archive.read(hash_)

    def prepare(self, found: Finding, inspector: str) -> dict[str, Any]:
        return self.inspectorate.prepare(found, inspector)

    def submit(self, signed: Signed) -> bytes:
        return self.inspectorate.submit(signed)

    def statement(self, id_: bytes) -> tuple[str, str | None]:
        return self.inspectorate.state_of(id_)

    def _today(self) -> date:
        return self.clock().astimezone(SHANGHAI).date()


def _survival(
    view: LotView, zone: str | None, rules: Sequence[Rule], sheets: Sheets
) -> Survival | None:
    newest = _newest(view)
    if newest is None or zone is None:
        return None
    day = _day(newest)
    rule = survival.rule_for(rules, zone, survival.measure_of(view.lot.year, day), day)
    alive, planted, is_sheet = _counted(newest, view, sheets)
    if rule is None or planted == 0:
        return None
    told = survival.outcome(alive, planted, rule)
    return Survival(alive, planted, day, told, rule, is_sheet)


def _newest(view: LotView) -> StatementView | None:
    """Of an acceptance and a survey that stand, what was seen last; not what was brought last."""
    standing = {each.stage: each for each in view.statements if each.stage != "ENDORSEMENT"}
    return max(standing.values(), key=lambda each: (each.inspected_at, each.stage), default=None)


def _counted(newest: StatementView, view: LotView, sheets: Sheets) -> tuple[int, int, bool]:
    """Alive, planted, and whether the inspector's sheet says so."""
    if sheet := sheets.get(newest.report):
        told = inspection.read(dict(sheet))
        if (told.lot, told.stage) == (view.lot.slug, newest.stage):  # the contract reads no sheet
            return told.n1, told.n0, True
    before = "ENDORSEMENT" if newest.stage == "ACCEPTANCE" else "ACCEPTANCE"
    counts = [each.count for each in view.statements if each.stage == before]
    return newest.count, counts[-1] if counts else 0, False


def _surveyed(view: LotView) -> date | None:
    days = [_day(each) for each in view.statements if each.stage == "SURVEY"]
    return days[-1] if days else None


def _day(stated: StatementView) -> date:
    return stated.inspected_at.astimezone(SHANGHAI).date()
