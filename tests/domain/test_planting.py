"""What is told of a planting: dates, grid, count and roles that can be, and those that cannot."""

from datetime import date

import msgspec
import pytest

from treering.domain import planting
from treering.domain.land.feature import Dispute, Fact, Party, SiteIn, features
from treering.domain.lot import Unit
from treering.domain.planting import Band
from treering.errors import GroundRefused, RolesConflict
from treering.store import example

TODAY = date(2026, 4, 22)
SITE = features(example.ground())[0].properties
assert isinstance(SITE, SiteIn)


def fact(value: str | float) -> Fact:
    return Fact(value=value, standing="reported", source="x")


def with_facts(**facts: str | float) -> SiteIn:
    return msgspec.structs.replace(
        SITE, facts={name: fact(value) for name, value in facts.items()}
    )


def test_forest_277_is_told_as_it_can_be():
    planting.check(SITE, 2019, TODAY)
    planting.check(with_facts(PLANTED_FROM="2019-04", PLANTED_UNTIL="2019-04-30"), 2019, TODAY)
    planting.check(with_facts(), 2019, TODAY)


@pytest.mark.parametrize(
    "facts",
    [
        {"HEIGHT": 3},
        {"ROW_METRES": "2019"},
        {"PLANTED_FROM": 2019.0},
        {"PLANTED_FROM": "2018"},
        {"PLANTED_UNTIL": "2020-01"},
        {"PLANTED_FROM": "2019-13"},
        {"PLANTED_FROM": "2019-05", "PLANTED_UNTIL": "2019-04"},
        {"DESIGN_COUNT": 1.5},
    ],
)
def test_facts_that_cannot_be_are_refused(facts):
    with pytest.raises(GroundRefused):
        planting.check(with_facts(**facts), 2019, TODAY)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"answered_on": "2020"}, "before"),
        ({"closed_on": "2021-08"}, "before"),
        ({"closed_on": "2026-04-23"}, "yet to come"),
        ({"answered_on": "2027"}, "yet to come"),
        ({"opened_on": "2026-05"}, "yet to come"),
        ({"answer_zh": None}, "has answered_on"),
        ({"answered_on": None}, "has answered_on"),
    ],
)
def test_a_dispute_is_answered_whole_and_neither_before_it_was_told_nor_tomorrow(change, why):
    dispute: Dispute = msgspec.structs.replace(SITE.disputes[0], **change)
    with pytest.raises(GroundRefused, match=why):
        planting.check(msgspec.structs.replace(SITE, disputes=(dispute,)), 2019, TODAY)


@pytest.mark.parametrize("day", ["2019-02-30", "2026-04-23", "2027"])
def test_a_party_spoke_on_a_day_that_there_was(day):
    party = msgspec.structs.replace(SITE.parties[3], stated_on=day)
    with pytest.raises(GroundRefused):
        planting.check(msgspec.structs.replace(SITE, parties=(party,)), 2019, TODAY)


@pytest.mark.parametrize("role", ["IMPLEMENTER", "FUNDER"])
def test_nobody_inspects_what_he_plants_or_funds(role):
    def party(as_: str) -> Party:
        return Party(party="CGF", role=as_, standing="reported", source="x")  # type: ignore[arg-type]

    with pytest.raises(RolesConflict, match="CGF"):
        planting.check_roles([party(role), party("INSPECTOR")])
    planting.check_roles([party(role), party("GOVERNMENT")])


def test_density_is_of_trees_alone_and_told_a_mu():
    area = 2_222_667.0
    assert planting.density(SITE.facts, area, Unit.TREE) == 44.99
    assert planting.density(SITE.facts, area, Unit.M2) is None
    assert planting.density({}, area, Unit.TREE) is None


def test_a_band_holds_what_rounding_took_from_it_and_may_be_open():
    saxaul = Band(45, 167)
    assert saxaul.holds(44.99)
    assert not saxaul.holds(44.5)
    assert saxaul.holds(168)
    assert not saxaul.holds(170)
    assert Band(None, None).holds(1e9)


def test_this_year_and_this_month_have_begun():
    assert planting.begun("2026", TODAY) == date(2026, 1, 1)
    assert planting.begun("2026-04", TODAY) == date(2026, 4, 1)
    assert planting.begun("2026-04-22", TODAY) == TODAY


def test_a_day_a_month_and_a_year_have_their_first_and_last_days():
    assert planting.days_of("2019") == (date(2019, 1, 1), date(2019, 12, 31))
    assert planting.days_of("2020-02") == (date(2020, 2, 1), date(2020, 2, 29))
    assert planting.days_of("2019-12") == (date(2019, 12, 1), date(2019, 12, 31))
    assert planting.days_of("9999-12") == (date(9999, 12, 1), date(9999, 12, 31))
    assert planting.days_of("2019-12-05") == (date(2019, 12, 5), date(2019, 12, 5))
