"""Which inspections are due this season: after the first growing season, and after three years.

The season is autumn and early winter, September to December, in China's time.
"""

from dataclasses import dataclass
from datetime import date

from treering.domain.lot import Lot, Unit
from treering.domain.stage import Stage
from treering.domain.survival import Outcome, Survival
from treering.domain.view import LotFacts

_FROM, _UNTIL = (9, 1), (12, 31)


@dataclass(frozen=True, slots=True)
class Due:
    """`why`: FIRST_SEASON, PRESERVATION, or REPLANTED after a survey that found too few."""

    lot: str
    stage: Stage
    why: str
    begins: date
    ends: date
    is_overdue: bool


def due(
    lot: Lot, facts: LotFacts | None, survival: Survival | None, surveyed: date | None, today: date
) -> Due | None:
    """What is due of this lot on this day; None for nothing, or while the chain is silent.

    `surveyed` is the day of the newest survey.
    """
    if facts is None or lot.unit is Unit.M2:
        return None
    if facts.accepted is None:
        return _in_season(lot, Stage.ACCEPTANCE, "FIRST_SEASON", lot.year, today)
    if survival and survival.outcome is not Outcome.PASSED:
        year = survival.measured_on.year + 1
        return _in_season(lot, Stage.SURVEY, "REPLANTED", year, today)
    if surveyed is None or surveyed.year < lot.year + 3:
        return _in_season(lot, Stage.SURVEY, "PRESERVATION", lot.year + 3, today)
    return None


def _in_season(lot: Lot, stage: Stage, why: str, year: int, today: date) -> Due | None:
    begins = date(year, *_FROM)
    if today < begins:
        return None
    ends = date(year + 2 if why == "PRESERVATION" else year, *_UNTIL)
    return Due(lot.slug, stage, why, begins, ends, today > ends)
