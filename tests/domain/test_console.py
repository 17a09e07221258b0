"""The auditor's console: sums of one unit, and what stands out with its reason."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.fakes.example import LOTS
from treering.domain.console import GROUPINGS, Kind, Known, key_of, outliers, sums
from treering.domain.lot import Unit
from treering.domain.planting import Band
from treering.domain.survival import Measure, Outcome, Rule, Survival
from treering.domain.view import LotFacts, LotView, Programme, StatementView

TREES = replace(
    next(lot for lot in LOTS if lot.unit is Unit.TREE), area_m2=66_667, year=2019, adcode="150000"
)
PROGRAMME = Programme(code="ANT_FOREST", number=1, name="Ant Forest", issuer="did:web:x")


def facts(**changes) -> LotFacts:
    plain = {
        "site": "150000/277",
        "species": "SAXAUL",
        "unit": 1,
        "year": 2019,
        "dossier": b"",
        "endorsed": 10_000,
        "accepted": None,
        "surveyed": None,
        "minted": 500,
        "revoked": 2,
        "deficit": 0,
        "closed": False,
        "block": 9,
        "block_hash": b"",
        "as_of": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return LotFacts(**plain | changes)


def view(lot=TREES, statements=(), **changes) -> LotView:
    return LotView(lot=lot, programme=PROGRAMME, facts=facts(**changes), statements=statements)


def accepted_on(moment: datetime, stage: str = "ACCEPTANCE") -> tuple[StatementView, ...]:
    said = StatementView(
        stage=stage,
        inspector="0x",
        party_en=None,
        party_zh=None,
        count=1,
        inspected_at=moment,
        report=b"",
        transaction=b"",
    )
    return (said,)


def kinds(shown: LotView, known: Known | None = None) -> list[Kind]:
    by_slug = {shown.lot.slug: known} if known else {}
    return [outlier.kind for outlier in outliers([shown], by_slug)]


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_sums_are_of_one_unit_and_of_what_the_contract_said(grouping):
    plants = replace(TREES, slug="b", unit=Unit.PLANT)
    silent = replace(view(), facts=None)

    found = sums([view(), view(), view(plants, minted=7, revoked=0), silent], grouping)

    assert [(s.unit, s.lots, s.minted, s.live) for s in found] == [
        ("PLANT", 1, 7, 7),
        ("TREE", 2, 1000, 996),
    ]
    assert found[0].key == key_of(TREES, grouping)[0]


def test_a_lot_with_nothing_odd_does_not_stand_out():
    known = Known(Band(30, 110), date(2019, 3, 1))
    statements = accepted_on(datetime(2019, 9, 1, tzinfo=UTC))

    assert kinds(view(statements=statements, accepted=9000), known) == []
    assert outliers([replace(view(), facts=None)], {}) == []


def test_a_lot_minted_above_what_was_accepted_comes_first():
    odd = replace(TREES, slug="odd")
    views = [view(odd, accepted=9000, surveyed=100), view(accepted=400, deficit=100)]

    found = outliers(views, {})

    assert [outlier.kind for outlier in found] == [Kind.DEFICIT, Kind.UNJUDGED]
    assert (found[0].expected, found[0].found) == ("≤ 400", "500")
    assert outliers([view(endorsed=400, deficit=100)], {})[0].expected == "≤ 400"


@pytest.mark.parametrize(
    ("band", "changes", "odd"),
    [
        (Band(30, 110), {"accepted": 2000}, True),  # 20 a mu on 100 mu
        (Band(None, 90), {"accepted": None}, True),
        (Band(30, None), {"accepted": 9000}, False),
        (Band(30, 110), {"accepted": 0}, False),
        (None, {}, False),
    ],
)
def test_more_or_fewer_trees_a_mu_than_the_species_is_planted_at_stand_out(band, changes, odd):
    assert kinds(view(**changes), Known(band)) == ([Kind.DENSITY] if odd else [])


def test_plants_and_lots_without_an_area_have_no_trees_a_mu():
    for lot in (replace(TREES, unit=Unit.PLANT), replace(TREES, area_m2=None)):
        assert kinds(view(lot), Known(Band(1, 2))) == []


@pytest.mark.parametrize(
    ("said", "planted_from", "odd"),
    [
        (accepted_on(datetime(2019, 2, 1, tzinfo=UTC)), date(2019, 3, 1), True),
        (accepted_on(datetime(2019, 2, 28, 16, tzinfo=UTC)), date(2019, 3, 1), False),  # Shanghai
        (accepted_on(datetime(2018, 12, 1, tzinfo=UTC)), None, True),
        (accepted_on(datetime(2019, 2, 1, tzinfo=UTC), "ENDORSEMENT"), date(2019, 3, 1), False),
    ],
)
def test_an_acceptance_before_planting_began_stands_out(said, planted_from, odd):
    found = kinds(view(statements=said), Known(None, planted_from))

    assert found == ([Kind.EARLY_ACCEPTANCE] if odd else [])


def survival(outcome: Outcome, alive: int) -> Survival:
    rule = Rule("ARID", Measure.SURVIVAL, date(2024, 3, 1), None, 70, 41, "GB/T 15776-2023")
    return Survival(alive, 1000, date(2026, 10, 1), outcome, rule, is_sheet=True)


@pytest.mark.parametrize(
    ("outcome", "alive", "odd"),
    [(Outcome.PASSED, 720, False), (Outcome.REPLANT, 680, True), (Outcome.FAILED, 400, True)],
)
def test_a_share_alive_below_the_rule_of_its_zone_stands_out(outcome, alive, odd):
    known = Known(survival=survival(outcome, alive))
    found = outliers([view(accepted=1000, surveyed=alive)], {TREES.slug: known})

    assert [outlier.kind for outlier in found] == ([Kind.SURVIVAL] if odd else [])
    assert all(o.expected == "≥ 70% (GB/T 15776-2023)" for o in found)
    assert [o.found for o in found] == ([f"{alive / 10:.1f}%"] if odd else [])


@pytest.mark.parametrize(
    ("accepted", "surveyed", "odd"),
    [
        (1000, 699, [Kind.UNJUDGED]),
        (1000, 1001, [Kind.MORE_ALIVE, Kind.UNJUDGED]),
        (0, 5, [Kind.UNJUDGED]),
        (1000, None, []),
    ],
)
def test_what_no_rule_judges_and_more_alive_than_stood_stand_out_too(accepted, surveyed, odd):
    assert kinds(view(accepted=accepted, surveyed=surveyed)) == odd
