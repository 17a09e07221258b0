"""Survival and preservation: rules by zone with a validity, and what they say of a count.

Percentages are compared as whole numbers: 69.99 of a hundred are fewer than 70.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Measure(StrEnum):
    """SURVIVAL after one growing season, PRESERVATION three to five years after planting."""

    SURVIVAL = "SURVIVAL"
    PRESERVATION = "PRESERVATION"


class Outcome(StrEnum):
    PASSED = "PASSED"
    REPLANT = "REPLANT"
    FAILED = "FAILED"  # too few to mend: to be done again


@dataclass(frozen=True, slots=True)
class Rule:
    """`passes` and `replant` in percent; valid from a day on, until another or for good."""

    zone: str
    measure: Measure
    valid_from: date
    valid_until: date | None
    passes: int
    replant: int
    standard: str

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


@dataclass(frozen=True, slots=True)
class Survival:
    """`alive` of `planted` were found; `is_sheet` says that the inspector's own sheet tells so,
    not the counts of two statements."""

    alive: int
    planted: int
    measured_on: date
    outcome: Outcome
    rule: Rule
    is_sheet: bool

    @property
    def per_mille(self) -> int:
        return self.alive * 1000 // self.planted


def measure_of(planting_year: int, day: date) -> Measure:
    return Measure.PRESERVATION if day.year - planting_year >= 3 else Measure.SURVIVAL


def rule_for(rules: Iterable[Rule], zone: str, measure: Measure, day: date) -> Rule | None:
    """The one that was in force on the day of the inspection."""
    fitting = (r for r in rules if (r.zone, r.measure) == (zone, measure) and r.holds_on(day))
    return next(fitting, None)


def outcome(alive: int, planted: int, rule: Rule) -> Outcome:
    if alive * 100 >= rule.passes * planted:
        return Outcome.PASSED
    return Outcome.REPLANT if alive * 100 >= rule.replant * planted else Outcome.FAILED
