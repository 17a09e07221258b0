"""What is known of a lot's planting, and whether it can be: dates, grid, count, density, roles."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from treering.domain.land.feature import FACTS, Dispute, Fact, Party, SiteIn
from treering.domain.land.measure import MU
from treering.domain.lot import Unit
from treering.errors import GroundRefused, RolesConflict

_NUMBERS = ("ROW_METRES", "PLANT_METRES", "DESIGN_COUNT")
_ANSWER = ("answered_on", "answered_by_en", "answered_by_zh", "answer_en", "answer_zh")
_OF_BAND = 0.01  # counts and areas are rounded before they are told


@dataclass(frozen=True, slots=True)
class Band:
    """Trees per mu that a species is planted at; None where nobody says."""

    least: float | None
    most: float | None

    def holds(self, per_mu: float) -> bool:
        is_enough = self.least is None or per_mu >= self.least * (1 - _OF_BAND)
        return is_enough and (self.most is None or per_mu <= self.most * (1 + _OF_BAND))


def check(site: SiteIn, year: int, today: date) -> None:
    """GroundRefused for facts that cannot be; RolesConflict for an inspector of his own work."""
    for name, fact in site.facts.items():
        if name not in FACTS:
            raise GroundRefused(f"{name} is none of {', '.join(FACTS)}")
        if (name in _NUMBERS) is isinstance(fact.value, str):
            raise GroundRefused(f"{name} is not {fact.value!r}")
    first, last = _days(site.facts.get("PLANTED_FROM")), _days(site.facts.get("PLANTED_UNTIL"))
    for days in (first, last):
        if days and not days[0].year <= year <= days[1].year:
            raise GroundRefused(f"the lot is of {year}, not planted on {days[0]}")
    if first and last and first[0] > last[1]:
        raise GroundRefused("planting ends before it begins")
    count = site.facts.get("DESIGN_COUNT")
    if count and not float(count.value).is_integer():
        raise GroundRefused("a design count is whole")
    check_roles(site.parties)
    for party in site.parties:
        if party.stated_on:
            begun(party.stated_on, today)
    for dispute in site.disputes:
        _check_answer(dispute, today)


def check_roles(parties: Iterable[Party]) -> None:
    """RolesConflict names who inspects what he plants or funds."""
    named = list(parties)
    inspectors = {each.party for each in named if each.role == "INSPECTOR"}
    for each in named:
        if each.role in ("IMPLEMENTER", "FUNDER") and each.party in inspectors:
            raise RolesConflict(f"{each.party} is {each.role} and INSPECTOR")


def per_mu(count: float, area_m2: float) -> float:
    return count / (area_m2 / MU)


def density(facts: Mapping[str, Fact], area_m2: float, unit: Unit) -> float | None:
    """Designed trees a mu of the polygon, to two decimals; None where no count is known."""
    count = facts.get("DESIGN_COUNT")
    if count is None or unit is not Unit.TREE:
        return None
    return round(per_mu(float(count.value), area_m2), 2)


def _days(fact: Fact | None) -> tuple[date, date] | None:
    """The first and the last day that a day, month or year may be."""
    return days_of(str(fact.value)) if fact else None


def days_of(text: str) -> tuple[date, date]:
    """2019-12 → the first and the last of December 2019; GroundRefused if there is none such."""
    parts = [int(part) for part in text.split("-")]
    try:
        first = date(*[*parts, 1, 1][:3])
    except ValueError as error:
        raise GroundRefused(f"{text} is no day") from error
    if len(parts) == 3:
        return first, first
    if len(parts) == 1:
        return first, date(first.year, 12, 31)
    _, days = monthrange(first.year, first.month)
    return first, first.replace(day=days)


def begun(text: str, today: date) -> date:
    """The first day of it; GroundRefused for one that is yet to come."""
    first = days_of(text)[0]
    if first > today:
        raise GroundRefused(f"{text} is yet to come")
    return first


def _check_answer(dispute: Dispute, today: date) -> None:
    opened = begun(dispute.opened_on, today)
    for day in (dispute.answered_on, dispute.closed_on):
        if day and max(begun(day, today), days_of(day)[1]) < opened:
            raise GroundRefused(f"{day} is before the dispute of {dispute.opened_on}")
    told = [getattr(dispute, name) is not None for name in _ANSWER]
    if any(told) and not all(told):
        raise GroundRefused(f"an answer to {dispute.code} has {', '.join(_ANSWER)}")
