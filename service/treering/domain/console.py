"""The auditor's console: sums by programme, province, year and species, and what stands out.

Made of lots as the contract holds them at one block. Sums are of one unit each: trees, plants
and square metres are never added.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from treering.domain.instant import SHANGHAI
from treering.domain.lot import Lot, Unit
from treering.domain.planting import Band, per_mu
from treering.domain.record import Record
from treering.domain.survival import Outcome, Survival
from treering.domain.view import LotFacts, LotView

GROUPINGS = ("programme", "province", "year", "species")
SELECTIONS = (*GROUPINGS, "unit")  # by which lots may be narrowed


@dataclass(slots=True)
class Sum:
    """Over the lots of one key and unit. `key` stands in addresses; the names are for people."""

    key: str
    en: str
    zh: str
    unit: str
    lots: int = 0
    endorsed: int = 0
    minted: int = 0
    live: int = 0
    deficit: int = 0

    def add(self, facts: LotFacts) -> None:
        self.lots += 1
        self.endorsed += facts.endorsed
        self.minted += facts.minted
        self.live += facts.live
        self.deficit += facts.deficit


class Kind(StrEnum):
    """Why a lot stands out. None of them is a proof: each is a reason to look."""

    DEFICIT = "DEFICIT"
    DENSITY = "DENSITY"
    EARLY_ACCEPTANCE = "EARLY_ACCEPTANCE"
    SURVIVAL = "SURVIVAL"
    MORE_ALIVE = "MORE_ALIVE"
    UNJUDGED = "UNJUDGED"  # surveyed, and no rule is known to judge it by


@dataclass(frozen=True, slots=True)
class Outlier:
    """`found` against `expected`, both as people read them; `survival` for a SURVIVAL."""

    kind: Kind
    lot: Lot
    expected: str
    found: str
    survival: Survival | None = None


@dataclass(frozen=True, slots=True)
class RoleChange:
    """`role` as people call it, such as "minter 1"; addresses in lower case."""

    role: str
    account: str
    granted: bool
    sender: str
    block: int
    transaction: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a lot beside the chain: its species' band, the day planting began, and
    survival by the rule of its zone."""

    band: Band | None = None
    planted_from: date | None = None
    survival: Survival | None = None


@dataclass(frozen=True, slots=True)
class ConsoleView:
    """`changes` is None while the chain cannot be asked; `unknown` counts lots without facts."""

    sums: Mapping[str, Sequence[Sum]]
    outliers: Sequence[Outlier]
    changes: Sequence[RoleChange] | None
    unknown: int


@dataclass(frozen=True, slots=True)
class BatchRow:
    first_serial: int
    count: int
    state: str
    root: bytes
    block: int | None
    transaction: bytes | None


@dataclass(frozen=True, slots=True)
class LotBatches:
    """A page of a lot's batches; `after` is where the next page begins, None at the end."""

    lot: Lot
    rows: Sequence[BatchRow]
    after: int | None


@dataclass(frozen=True, slots=True)
class RecordProof:
    """A record, and the siblings that lead from it to its batch's root."""

    lot: Lot
    record: Record
    batch: BatchRow
    siblings: tuple[bytes, ...] = field(default=())


def key_of(lot: Lot, grouping: str) -> tuple[str, str, str]:
    """Of one of SELECTIONS: the key, and its names in English and Chinese."""
    match grouping:
        case "programme":
            return lot.programme, lot.programme, lot.programme
        case "province":
            return lot.adcode, lot.province_en, lot.province_zh
        case "species":
            return lot.species.code, lot.species.en, lot.species.zh
        case "unit":
            return lot.unit.name, lot.unit.name, lot.unit.name
    return str(lot.year), str(lot.year), str(lot.year)


def sums(views: Iterable[LotView], grouping: str) -> list[Sum]:
    """In the order of keys, then units; lots of which the chain said nothing are left out."""
    found: dict[tuple[str, str], Sum] = {}
    for view in views:
        if view.facts is None:
            continue
        key, en, zh = key_of(view.lot, grouping)
        unit = view.lot.unit.name
        found.setdefault((key, unit), Sum(key, en, zh, unit)).add(view.facts)
    return [found[name] for name in sorted(found)]


def outliers(views: Iterable[LotView], known: Mapping[str, Known]) -> list[Outlier]:
    """`known` by the lot's slug. Deficits first, then as the lots come."""
    found = [o for view in views for o in _outliers(view, known.get(view.lot.slug, Known()))]
    return sorted(found, key=lambda outlier: outlier.kind is not Kind.DEFICIT)


def _outliers(view: LotView, known: Known) -> Iterator[Outlier]:
    lot, facts = view.lot, view.facts
    if facts is None:
        return
    if facts.deficit:
        cap = facts.endorsed if facts.accepted is None else facts.accepted
        yield Outlier(Kind.DEFICIT, lot, f"≤ {cap:,}", f"{facts.minted:,}")
    yield from _density(lot, facts, known.band)
    yield from _early(view, known.planted_from)
    yield from _survival(lot, facts, known.survival)


def _density(lot: Lot, facts: LotFacts, band: Band | None) -> Iterator[Outlier]:
    """Trees a mu by the newest count that says how many stand, or may."""
    if band is None or lot.unit is not Unit.TREE or not lot.area_m2:
        return
    count = facts.endorsed if facts.accepted is None else facts.accepted
    found = per_mu(count, lot.area_m2)
    if count and not band.holds(found):
        least, most = ("…" if end is None else f"{end:g}" for end in (band.least, band.most))
        yield Outlier(Kind.DENSITY, lot, f"{least} – {most}", f"{found:,.1f}")


def _early(view: LotView, planted_from: date | None) -> Iterator[Outlier]:
    begun = planted_from or date(view.lot.year, 1, 1)
    for said in view.statements:
        day = said.inspected_at.astimezone(SHANGHAI).date()
        if said.stage == "ACCEPTANCE" and day < begun:
            yield Outlier(Kind.EARLY_ACCEPTANCE, view.lot, f"≥ {begun}", str(day))


def _survival(lot: Lot, facts: LotFacts, found: Survival | None) -> Iterator[Outlier]:
    """By the rule of the zone and of its day; what no rule judges is a reason to look, too."""
    if facts.surveyed is not None and facts.accepted and facts.surveyed > facts.accepted:
        yield Outlier(Kind.MORE_ALIVE, lot, f"≤ {facts.accepted:,}", f"{facts.surveyed:,}")
    if found is None:
        if facts.surveyed is not None:
            yield Outlier(Kind.UNJUDGED, lot, "–", f"{facts.surveyed:,}")
    elif found.outcome is not Outcome.PASSED:
        share = f"{found.per_mille / 10:.1f}%"
        expected = f"≥ {found.rule.passes}% ({found.rule.standard})"
        yield Outlier(Kind.SURVIVAL, lot, expected, share, found)
