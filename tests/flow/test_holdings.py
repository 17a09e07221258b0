"""What was redeemed in a province is shown to its regulator, and each look is in the log."""

import json

import pytest
from sqlalchemy import text

from tests.flow.conftest import WISH
from treering.domain.role import Person, Role
from treering.errors import OutsideProvinces, ProvinceNotFound
from treering.flow.caring.holdings import PAGE, Holdings

START = (-1, -1)
OF_ONE = Person(Role.REGULATOR, "key one", frozenset({"150000"}))
OF_ALL = Person(Role.REGULATOR, "key all")


@pytest.fixture
def holdings(parts, desk) -> Holdings:
    for key in ("a", "b", "c"):
        desk.redeem("ANT_FOREST", key, WISH)
    return parts.service.holdings


def log(parts) -> list[tuple[str, str]]:
    told = [json.loads(line) for line in parts.chronicle.exported()]
    return [(entry["act"], entry["subject"]) for entry in told]


def test_a_regulator_of_one_province_is_refused_another_and_both_looks_are_told(parts, holdings):
    assert holdings.of_province(OF_ONE, "150000", START, 10, "request-1") != []
    with pytest.raises(OutsideProvinces):
        holdings.of_province(OF_ONE, "620000", START, 10)
    assert log(parts) == [
        ("holder.looked", "province 150000"),
        ("look.refused", "province 620000"),
    ]


def test_were_the_filter_not_there_the_database_would_still_keep_other_provinces(
    holdings, monkeypatch
):
    of_another = Person(Role.REGULATOR, "key other", frozenset({"620000"}))
    monkeypatch.setattr(Person, "may_see", lambda *_: True)
    assert holdings.of_province(OF_ONE, "150000", START, 10) != []
    assert holdings.of_province(of_another, "150000", START, 10) == []


def test_a_name_that_is_hidden_is_hidden_from_a_regulator(parts, holdings):
    hide = "INSERT INTO hidden_names SELECT DISTINCT holder, 1, now() FROM redemptions"
    with parts.engine.begin() as connection:
        connection.execute(text(hide))
    found = holdings.of_province(OF_ONE, "150000", START, 10)
    assert "张" not in "".join(str(row["masked_name"]) for row in found)


def test_names_are_masked_and_pages_follow_each_other(holdings):
    found = holdings.of_province(OF_ALL, "150000", START, 2)
    assert [row["masked_name"] for row in found] == ["张*", "张*"]
    last = found[-1]
    (third,) = holdings.of_province(OF_ALL, "150000", (last["lot_id"], last["first_serial"]), 2)
    assert third["first_serial"] == last["first_serial"] + 1


def test_a_hundred_thousand_asked_for_at_once_are_a_page(holdings, monkeypatch):
    monkeypatch.setattr("treering.flow.caring.holdings.PAGE", 2)
    assert PAGE == 500
    assert len(holdings.of_province(OF_ALL, "150000", START, 100_000)) == 2


def test_a_province_that_is_not_there_is_said_so(holdings):
    with pytest.raises(ProvinceNotFound):
        holdings.of_province(OF_ALL, "999999", START, 10)
