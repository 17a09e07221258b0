"""Inspections: the sheet's arithmetic, the rules of survival, and what is due when."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.example import LOTS
from treering.domain import due, inspection, survival
from treering.domain.inspection import Sheet
from treering.domain.lot import Lot, Unit
from treering.domain.stage import Stage
from treering.domain.survival import Measure, Outcome, Rule, Survival
from treering.domain.view import LotFacts
from treering.errors import SheetRefused
from treering.store import example

HECTARE = 10_000
SHEET = Sheet(
    lot="ANT_FOREST-277",
    stage="SURVEY",
    inspected_on="2022-10-14",
    method="SAMPLE",
    area_m2=222 * HECTARE,
    sampled_m2=222 * HECTARE // 20,
    n0=10_000,
    n1=7_200,
    count=108_000,
)
FULL = msgspec.structs.replace(
    SHEET, method="FULL", area_m2=15 * HECTARE, sampled_m2=15 * HECTARE, n0=150_000, count=7_200
)


def checked(sheet: Sheet, **changes: Any) -> None:
    sheet = msgspec.structs.replace(sheet, **changes)
    of = {"lot": "ANT_FOREST-277", "stage": Stage.SURVEY, "whole": 150_000}
    inspection.check(sheet, count=sheet.count, **of)  # type: ignore[arg-type]


def test_a_sample_and_a_full_count_that_are_right_pass():
    checked(SHEET)
    checked(SHEET, count=108_001)  # rounded up
    checked(FULL)
    checked(SHEET, n0=3_750, n1=2_700)  # a thin place
    checked(FULL, area_m2=99 * HECTARE, sampled_m2=99 * HECTARE)  # more than need be


@pytest.mark.parametrize(
    ("sheet", "changes", "why"),
    [
        (SHEET, {"sampled_m2": 222 * HECTARE // 20 - 1}, "5 % at least"),
        (SHEET, {"area_m2": 15 * HECTARE}, "everything is counted"),
        (SHEET, {"sampled_m2": 223 * HECTARE}, "m² of"),
        (FULL, {"sampled_m2": 14 * HECTARE}, "whole area"),
        (SHEET, {"n1": 10_001}, "alive of"),
        (SHEET, {"n0": 0, "n1": 0}, "alive of"),
        (SHEET, {"n0": 1, "n1": 1, "count": 150_000}, "1 where 7500 of 150000"),
        (SHEET, {"n0": 3_749, "n1": 3_749, "count": 150_000}, "3749 where 7500"),
        (SHEET, {"n0": 150_001, "n1": 150_001, "count": 150_000}, "150001 where 7500"),
        (SHEET, {"count": 108_002}, "make 108000"),
        (FULL, {"count": 7_201}, "make 7200"),
        (FULL, {"n0": 149_999}, "leaves out 1 accepted"),
        (SHEET, {"lot": "ANT_FOREST-464"}, "it is of ANT_FOREST-464"),
        (SHEET, {"stage": "ACCEPTANCE"}, "the statement another"),
        (SHEET, {"inspected_on": "2022-02-30"}, "no day"),
    ],
)
def test_figures_that_do_not_agree_are_refused(sheet, changes, why):
    with pytest.raises(SheetRefused, match=why):
        checked(sheet, **changes)


@pytest.mark.parametrize(
    ("polygon", "is_alone", "is_right"),
    [
        (None, True, True),  # nobody gave one
        (222.0, True, True),
        (211.5, True, True),
        (233.0, True, True),
        (211.0, True, False),  # more than there is
        (234.0, True, False),  # a part, of which a twentieth is less
        (2_220.0, False, True),  # other lots stand on the rest
        (211.0, False, False),
    ],
)
def test_a_sheets_area_is_that_of_its_site(polygon, is_alone, is_right):
    land = inspection.Land(polygon and polygon * HECTARE, is_alone)
    if is_right:
        inspection.check_area(SHEET, land)
        return
    with pytest.raises(SheetRefused, match="by the site's polygon"):
        inspection.check_area(SHEET, land)


def test_a_sheet_is_hashed_as_canonical_json_and_holds_no_free_text():
    document = SHEET.document()
    assert inspection.read(document).hash() == SHEET.hash()
    assert inspection.read(msgspec.json.encode(SHEET)) == SHEET
    assert msgspec.structs.replace(SHEET, n1=7_201).hash() != SHEET.hash()
    for bad in (b"{}", b"[" * 100_000, {**document, "inspector": "Zhang San"}):
        with pytest.raises(SheetRefused):
            inspection.read(bad)


RULES = [
    Rule(
        zone=row["zone"],
        measure=Measure(row["measure"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
        passes=int(row["passes"]),
        replant=int(row["replant"]),
        standard=row["standard"],
    )
    for row in example.rows("survival_rules")
]


@pytest.mark.parametrize(
    ("zone", "measure", "alive", "expected"),
    [
        ("ARID", Measure.SURVIVAL, 72, Outcome.PASSED),
        ("ARID", Measure.SURVIVAL, 70, Outcome.PASSED),
        ("ARID", Measure.SURVIVAL, 69, Outcome.REPLANT),
        ("ARID", Measure.SURVIVAL, 68, Outcome.REPLANT),
        ("ARID", Measure.SURVIVAL, 41, Outcome.REPLANT),
        ("ARID", Measure.SURVIVAL, 40, Outcome.FAILED),
        ("COLD_PLATEAU", Measure.SURVIVAL, 70, Outcome.PASSED),
        ("OTHER", Measure.SURVIVAL, 72, Outcome.REPLANT),
        ("OTHER", Measure.SURVIVAL, 85, Outcome.PASSED),
        ("ARID", Measure.PRESERVATION, 65, Outcome.PASSED),
        ("OTHER", Measure.PRESERVATION, 65, Outcome.REPLANT),
        ("OTHER", Measure.PRESERVATION, 80, Outcome.PASSED),
    ],
)
@pytest.mark.parametrize("day", [date(2020, 10, 1), date(2025, 10, 1)])
def test_survival_is_judged_by_the_zone_and_the_rule_of_its_day(
    zone, measure, alive, expected, day
):
    rule = survival.rule_for(RULES, zone, measure, day)
    assert rule
    assert survival.outcome(alive, 100, rule) is expected
    assert ("before" in rule.standard) is (day.year < 2024)


def test_no_day_has_two_rules_and_none_before_the_first():
    for zone in ("ARID", "COLD_PLATEAU", "OTHER"):
        for measure in Measure:
            for day in (date(1995, 1, 1), date(2024, 2, 29), date(2024, 3, 1)):
                here = [r for r in RULES if (r.zone, r.measure) == (zone, measure)]
                assert sum(r.holds_on(day) for r in here) == 1
            assert survival.rule_for(RULES, zone, measure, date(1994, 12, 31)) is None


@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_a_percentage_is_never_rounded_up_into_a_pass(planted, alive):
    rule = RULES[0]
    found = survival.outcome(alive, planted, rule)
    assert (found is Outcome.PASSED) is (alive * 100 >= 70 * planted)


def test_preservation_begins_three_years_after_planting():
    assert survival.measure_of(2019, date(2021, 12, 31)) is Measure.SURVIVAL
    assert survival.measure_of(2019, date(2022, 1, 1)) is Measure.PRESERVATION


FACTS = LotFacts(
    site="150000/277",
    species="SAXAUL",
    unit=1,
    year=2019,
    dossier=b"\1" * 32,
    endorsed=150_000,
    accepted=150_000,
    surveyed=None,
    minted=0,
    revoked=0,
    deficit=0,
    closed=False,
    block=1,
    block_hash=b"\1" * 32,
    as_of=datetime(2026, 1, 1, tzinfo=UTC),
)
(LOT,) = [lot for lot in LOTS if lot.slug == "ANT_FOREST-277"]


def survived(alive: int, year: int) -> Survival:
    rule = RULES[0]
    day = date(year, 10, 1)
    return Survival(alive, 100, day, survival.outcome(alive, 100, rule), rule, True)


def why(lot: Lot, facts: LotFacts | None, found: Survival | None, year: int | None, today: date):
    surveyed = date(year, 10, 1) if year else None
    each = due.due(lot, facts, found, surveyed, today)
    return each and (each.why, each.is_overdue)


def test_acceptance_is_due_in_the_autumn_after_planting():
    waiting = replace(FACTS, accepted=None)
    assert why(LOT, waiting, None, None, date(2019, 8, 31)) is None
    assert why(LOT, waiting, None, None, date(2019, 9, 1)) == ("FIRST_SEASON", False)
    assert why(LOT, waiting, None, None, date(2020, 1, 1)) == ("FIRST_SEASON", True)


def test_a_survey_is_due_three_to_five_years_after_planting():
    assert why(LOT, FACTS, survived(100, 2019), None, date(2022, 8, 31)) is None
    assert why(LOT, FACTS, None, None, date(2022, 9, 1)) == ("PRESERVATION", False)
    assert why(LOT, FACTS, None, 2020, date(2024, 12, 31)) == ("PRESERVATION", False)
    assert why(LOT, FACTS, None, None, date(2025, 1, 1)) == ("PRESERVATION", True)
    assert why(LOT, FACTS, survived(100, 2022), 2022, date(2025, 1, 1)) is None


def test_what_was_to_be_replanted_is_looked_at_a_year_later():
    assert why(LOT, FACTS, survived(68, 2020), 2020, date(2021, 8, 1)) is None
    assert why(LOT, FACTS, survived(68, 2020), 2020, date(2021, 9, 1)) == ("REPLANTED", False)


def test_nothing_is_due_of_area_or_while_the_chain_is_silent():
    area = replace(LOT, unit=Unit.M2)
    assert why(area, replace(FACTS, accepted=None), None, None, date(2025, 1, 1)) is None
    assert why(LOT, None, None, None, date(2025, 1, 1)) is None
    assert survived(68, 2020).per_mille == 680
