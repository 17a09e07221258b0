"""The regulator's view over HTTP: who may come, what a form may ask, and where it leads."""

import csv
import io

import pytest

from tests.web.conftest import REAL
from tests.web.test_pages import EN, ZH, seen
from tests.web.test_provenance import as_role
from treering.domain.role import Role

PAGE = {"Accept": "text/html"}


@pytest.fixture
def regulator(world, number) -> dict[str, str]:
    world.parts.follower.step()
    return as_role(world, Role.REGULATOR) | EN


def explored(client, headers, **asked):
    return seen(client.get("/explore", params=asked, headers=headers))


def numbers(tree) -> list[str]:
    return [href.split("/")[2] for href in tree.xpath("//table[@class='records']//th/a/@href")]


def test_it_opens_to_nobody_without_a_role(client):
    for path in ("/explore", "/explore.csv?all=1"):
        assert client.get(path, headers=PAGE).status_code == 401


@REAL
def test_neither_a_programme_nor_an_inspector_may_look(client, world, headers):
    for given in (headers, as_role(world, Role.INSPECTOR)):
        for path in ("/explore", "/explore.csv?all=1"):
            assert client.get(path, headers=given).status_code == 403


@REAL
def test_nothing_is_searched_before_something_is_asked(client, regulator):
    tree, words = explored(client, regulator)
    assert not tree.xpath("//section[@aria-labelledby='found']")
    assert "Lots on the map" in words


@REAL
@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"all": "1"}, True),
        ({"lot": "ANT_FOREST-277", "state": "FINAL"}, True),
        ({"province": "150000", "species": "SAXAUL", "year": "2019", "unit": "TREE"}, True),
        ({"programme": "GFOREST"}, False),
        ({"state": "PENDING"}, False),
        ({"exchanged": "yes"}, False),
        ({"exchanged": "no"}, True),
        ({"from": "1999-01-01", "to": "9998-12-31"}, True),
        ({"to": "1999-01-01"}, False),
        ({"west": "90", "south": "30", "east": "120", "north": "50"}, True),
        ({"west": "0", "south": "0", "east": "1", "north": "1"}, False),
        ({"evidence": "0x" + "00" * 32}, False),
        ({"party": "NOBODY"}, False),
        ({"block": "0", "state": "FINAL"}, False),
        ({"lot": " ", "all": "1"}, True),
    ],
)
def test_each_field_narrows_what_is_found(client, regulator, number, asked, fits):
    tree, words = explored(client, regulator, **asked)
    assert (number in numbers(tree)) is fits
    assert ("No record fits." in words) is not fits


@REAL
@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"year": "nineteen"}, "year"),
        ({"province": "15"}, "province"),
        ({"state": "LOST"}, "state"),
        ({"lot": "a\0b"}, "lot"),
        ({"exchanged": "maybe"}, "exchanged"),
        ({"from": "12 March"}, "from"),
        ({"to": "9999-12-31"}, "to"),
        ({"day": "2999-01-01"}, "as_of"),
        ({"block": "1", "day": "2019-01-01"}, "as_of"),
        ({"block": "-1"}, "block"),
        ({"west": "1"}, "south"),
        ({"west": "one", "south": "0", "east": "1", "north": "1"}, "west"),
        ({"west": "nan", "south": "0", "east": "1", "north": "1"}, "box"),
        ({"west": "2", "south": "0", "east": "1", "north": "1"}, "box"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"evidence": "=HYPERLINK(1)"}, "evidence"),
        ({"number": "TR-1"}, ""),
    ],
)
def test_what_cannot_be_asked_is_said_on_the_page_and_the_form_stays(
    client, regulator, asked, named
):
    answer = client.get("/explore", params=asked, headers=regulator | PAGE)
    tree, _ = seen(answer)
    assert answer.status_code == 422
    (alert,) = tree.xpath("//*[@role='alert']")
    assert named in alert.text_content()
    assert tree.xpath("//form[@action='/explore#found']")


@REAL
def test_a_regulator_of_one_province_sees_its_lots_and_records_alone(client, world, number):
    world.parts.follower.step()
    elsewhere = as_role(world, Role.REGULATOR, "620000") | EN
    tree, words = explored(client, elsewhere, all="1")
    assert numbers(tree) == []
    assert "Inner Mongolia" not in words
    assert "Gansu" in words
    elsewhere = as_role(world, Role.REGULATOR, "620000")
    refused = client.get("/explore", params={"province": "150000"}, headers=elsewhere)
    assert (refused.status_code, refused.json()["code"]) == (403, "TR353")
    rows = client.get("/explore.csv?all=1", headers=elsewhere).text.splitlines()
    assert len(rows) == 1


@REAL
def test_a_page_leads_to_the_next_at_the_same_block_and_the_file_holds_all(
    client, redeem, regulator, world, number
):
    redeem(count=60)
    first, _ = explored(client, regulator, all="1")
    (onward,) = first.xpath("//a[@rel='next']/@href")
    world.mine()
    second, _ = seen(client.get(onward, headers=regulator))
    pins = [
        tree.xpath("string(//section[@aria-labelledby='found']//code)") for tree in (first, second)
    ]
    assert pins[0] == pins[1]
    (path,) = first.xpath("//a[text()='CSV']/@href")
    table = client.get(path, headers=regulator).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["number"] for row in rows] == numbers(first) + numbers(second)
    assert len(rows) == 61


@REAL
def test_every_mark_on_the_map_leads_nearer(client, regulator):
    tree, _ = explored(client, regulator)
    marks = tree.xpath("//*[contains(@class, 'spot ') or @class='spot']/@href")
    assert len(marks) > 3
    for href in marks:
        nearer, _ = seen(client.get(href, headers=regulator))
        assert 0 < len(nearer.xpath("//section[@aria-labelledby='lots']//tbody/tr")) < 9


@REAL
def test_a_number_leads_back_to_its_ground_in_the_language_asked_for(client, regulator, number):
    for language in ({}, {"lang": "zh"}):
        asked = {"number": number.lower(), **language}
        answer = client.get("/explore", params=asked, headers=regulator)
        assert answer.status_code == 303
        kept = "?lang=zh" if language else ""
        assert answer.headers["location"] == f"/c/{number}/provenance{kept}"


def test_the_page_speaks_both_languages(client, world):
    for spoken, said in ((EN, "Explore the records"), (ZH, "查询记录")):
        key = {"X-API-Key": "re_test"}
        if hasattr(world, "parts"):
            key = as_role(world, Role.REGULATOR)
        _, words = seen(client.get("/explore", headers=key | spoken))
        assert said in words
