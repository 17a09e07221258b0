"""How many fulfilled: small groups are withheld from everybody but those who may see them."""

import pytest

from tests.web.conftest import FAKE

pytestmark = FAKE
PATH = "/v1/statistics/fulfilment"


def lines(client, key: str | None = None) -> dict[tuple[str | None, str | None], int | None]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    answer = client.get(PATH, headers=headers)
    assert answer.status_code == 200, answer.text
    found = answer.json()["lines"]
    return {(line["province"], line["form"]): line["count"] for line in found}


def test_everybody_is_told_no_small_group_and_nothing_that_gives_it_away(client):
    assert lines(client) == {
        (None, None): 60,
        ("150000", None): 40,
        ("150000", "F1"): 40,
        ("440000", None): None,
        ("620000", None): None,
    }


def test_who_may_see_all_is_told_all(client):
    for key in ("re_test", "au_test", "op_test"):
        assert lines(client, key)["620000", "F6"] == 3


def test_a_regulator_of_a_province_is_told_his_own_alone(client):
    assert lines(client, "re_test_150000") == {("150000", None): 40, ("150000", "F1"): 40}


def test_a_programme_is_told_what_everybody_is(client, world):
    assert lines(client, world.api_key) == lines(client)


def test_it_is_of_one_head_at_a_date(client):
    answer = client.get(PATH)
    told = answer.json()
    assert (told["head_size"], told["head_root"]) == (63, "0x" + "07" * 32)
    assert (told["as_of"], told["exact"], told["fewest"]) == ("2025-03-12T00:00:00Z", False, 10)
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(PATH, headers=tag).status_code == 304
    early = client.get(f"{PATH}?at=2020-12-31")
    assert (early.status_code, early.json()["code"]) == (404, "TR506")
    assert client.get(f"{PATH}?at=yesterday").status_code == 422
    assert client.get(f"{PATH}?at=").json() == told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_says_what_is_withheld(client, language):
    text = client.get(f"/statistics?lang={language}").text
    assert {"en": "withheld", "zh": "不公布"}[language] in text
    assert {"en": "in whole steps of 10", "zh": "按 10 向下取整"}[language] in text
    assert {"en": "Inner Mongolia", "zh": "内蒙古"}[language] in text
    exact = client.get(f"/statistics?lang={language}", headers={"X-API-Key": "re_test"}).text
    assert "620000" in exact
    assert client.get("/statistics?lang=en&at=2025-01-01").status_code == 200
