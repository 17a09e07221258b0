"""Exchanges and rules over HTTP, and both pages that tell of them, on the real flow."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from tests.fakes.books import NOW
from tests.fakes.registry import SUBMIT_KEY
from tests.flow.exchanging import KitClaims, RunningTwin, running_twin
from tests.web.conftest import BASE_URL, REAL
from treering.flow.exchanging.exchange import Counter
from treering.web.app import create_app

pytestmark = REAL
OTHER = "TR-0000-0000-0000-0000-0000-0000-0000"


@pytest.fixture
def three(redeem, world) -> list[str]:
    numbers = redeem(count=3, redeemed_at="2018-11-02T10:15:00+08:00")["numbers"]
    world.settle()
    return numbers


@pytest.fixture
def asked(three) -> dict:
    return {"certificates": three, "adcode": "150000", "eligible": True, "consented": True}


@pytest.fixture
def apply(client, headers):
    def send(body: dict, key: str = "exchange", **more: str):
        return client.post(
            "/v1/exchanges", json=body, headers={**headers, "Idempotency-Key": key, **more}
        )

    return send


@pytest.fixture
def twin(tmp_path: Path):
    with running_twin(tmp_path / "twin") as running:
        yield running


@pytest.fixture
def counter(world, twin: RunningTwin) -> Counter:
    counter = world.parts.counter(twin.url, SUBMIT_KEY)
    return replace(counter, claims=KitClaims(world.scene.chain), clock=later)


def later() -> datetime:
    return NOW + timedelta(hours=1)


def followed(world, twin: RunningTwin, since: timedelta = timedelta()) -> TestClient:
    """The pages of a service that followed the twin's log as it stands now so long ago."""
    parts = replace(world.parts, feed=twin.feed, clock=lambda: datetime.now(UTC) + since)
    parts.sync_mirror()
    parts.undoing.notice(twin.feed.name)
    app = create_app(parts.service, base_url=BASE_URL)
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


def test_an_application_is_kept_at_once_and_followed_until_it_is_claimed(
    client, headers, apply, asked, counter, three
):
    answer = apply(asked)
    body = answer.json()
    assert (answer.status_code, body["state"], body["year"]) == (202, "applied", 2018)
    assert answer.headers["Location"] == f"{BASE_URL}/v1/exchanges/{body['id']}"
    again = apply(asked)
    assert (again.status_code, again.json()) == (200, body)
    assert counter.resume() is True
    found = client.get(f"/v1/exchanges/{body['id']}", headers=headers).json()
    assert (found["state"], found["number"]) == ("claimed", "SYN-2018-150000-000001")
    assert sorted(found["certificates"]) == sorted(three)
    assert found["page"] == f"{BASE_URL}/f/{body['id']}"
    assert "salt" not in json.dumps(found)


def test_a_key_that_comes_with_another_application_is_refused(apply, asked):
    apply(asked)
    answer = apply({**asked, "adcode": "110000"})
    assert (answer.status_code, answer.json()["code"]) == (422, "TR309")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"certificates": ["{0}", "{0}", "{1}"]}, 422, "TR221"),
        ({"certificates": ["{0}", "{1}", OTHER]}, 404, "TR302"),
        ({"certificates": []}, 422, "TR312"),
        ({"certificates": "{0}"}, 422, "TR312"),
        ({"adcode": "990000"}, 422, "TR233"),
        ({"adcode": 150000}, 422, "TR312"),
        ({"eligible": None}, 422, "TR230"),
        ({"eligible": False}, 409, "TR231"),
        ({"consented": False}, 409, "TR232"),
        ({"eligible": "perhaps"}, 422, "TR312"),
        ({"source": "born in 2012"}, 422, "TR312"),
        ({"birth_date": "2012-01-01"}, 422, "TR312"),
        ({"age": 12}, 422, "TR312"),
    ],
)
def test_each_refusal_has_its_code(apply, asked, three, change, status, code):
    filled = json.loads(
        json.dumps({**asked, **change}).replace("{0}", three[0]).replace("{1}", three[1])
    )
    answer = apply(filled)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_another_programme_neither_applies_with_nor_sees_nor_ends_it(
    client, apply, asked, world, headers
):
    other = {"Authorization": f"Bearer {world.other_api_key}"}
    assert apply(asked, **other).json()["code"] == "TR302"
    made = apply(asked).json()
    path = f"/v1/exchanges/{made['id']}"
    assert client.get(path, headers=other).json()["code"] == "TR240"
    assert client.post(f"{path}/withdrawal", headers=other).json()["code"] == "TR240"
    assert client.get(path).status_code == 401
    assert client.get(f"/v1/exchanges/{uuid4()}", headers=headers).status_code == 404


def test_a_silent_chain_takes_no_application(apply, asked, world):
    world.silence()
    answer = apply(asked)
    assert (answer.status_code, answer.json()["code"]) == (503, "TR101")


def test_a_refusal_is_told_to_people_in_their_language(client, headers, asked):
    for language, words in (("zh", "六位行政区划代码"), ("en", "six digits")):
        answer = client.post(
            f"/v1/exchanges?lang={language}",
            json={**asked, "adcode": "99"},
            headers={**headers, "Accept": "text/html"},
        )
        assert words in answer.text


def both_pages_say(client, made: dict, three: list[str], state_en: str, state_zh: str) -> None:
    """In each language the trees' page and the fulfilment's lead to each other and agree."""
    for language, word in (("en", state_en), ("zh", state_zh)):
        tree = client.get(f"/c/{three[0]}?lang={language}")
        assert f"/f/{made['id']}" in tree.text
        assert word in tree.text
        fulfilment = client.get(f"/f/{made['id']}?lang={language}")
        assert fulfilment.status_code == 200
        assert word in fulfilment.text
        assert all(f"/c/{number}" in fulfilment.text for number in three)
        assert fulfilment.headers["X-Robots-Tag"] == "noindex"
        synthetic = {"en": "synthetic twin", "zh": "模拟系统"}[language]
        assert synthetic in fulfilment.text


def test_both_pages_tell_of_each_other_in_every_state_and_language(
    world, apply, asked, counter, twin, three, headers
):
    made = apply(asked).json()

    def look(state_en: str, state_zh: str) -> None:
        both_pages_say(followed(world, twin), made, three, state_en, state_zh)

    look("applied for", "已申请")
    applied = counter.applications.find_of("ANT_FOREST", _id(made))
    counter._submit(applied)
    look("issued", "已签发")
    counter.go_on(counter.applications.find_of("ANT_FOREST", _id(made)))
    look("in force", "有效")
    page = followed(world, twin).get(f"/f/{made['id']}?lang=en").text
    assert "SYN-2018-150000-000001" in page
    assert "signed head over 1 entries" in page
    _are_told_as_too_old(world, twin, made, three, headers)
    world.scene.chain.finalise()
    twin.withdraw(counter.applications.find_of("ANT_FOREST", _id(made)))
    look("withdrawn", "已撤回")
    fallen = followed(world, twin).get(f"/c/{three[0]}?lang=en").text
    assert 'data-state="FINAL"' in fallen
    assert "The tree certificate itself stands" in fallen
    pdf = followed(world, twin).get(f"/v1/certificates/{three[0]}.pdf")
    assert pdf.status_code == 200, "the certificate is printed as before"
    counter.go_on(counter.applications.find_of("ANT_FOREST", _id(made)))
    look("trees released", "树已释放")
    found = followed(world, twin).get(f"/v1/exchanges/{made['id']}", headers=headers).json()
    assert (found["state"], found["ended_by"]) == ("released", "registry")
    assert (found["registry"]["event"], found["registry"]["head_size"]) == ("withdrawn", 2)
    assert apply(asked, "again").status_code == 202, "the trees are free"


def _are_told_as_too_old(world, twin, made, three, headers) -> None:
    """Both pages and the answer, of a mirror that has heard nothing for three days."""
    fresh, late = followed(world, twin), followed(world, twin, timedelta(days=3))
    for path in (f"/f/{made['id']}", f"/c/{three[0]}"):
        for language, words in (("en", "older than two days"), ("zh", "已超过两天")):
            assert words not in fresh.get(f"{path}?lang={language}").text
            assert words in late.get(f"{path}?lang={language}").text
    for client, said in ((fresh, None), (late, "stale")):
        found = client.get(f"/v1/exchanges/{made['id']}", headers=headers).json()
        assert found["registry"]["caution"] == said


def _id(made: dict) -> UUID:
    return UUID(made["id"])


def test_a_programme_takes_an_exchange_back(client, apply, asked, counter, headers):
    path = f"/v1/exchanges/{apply(asked).json()['id']}/withdrawal"
    early = client.post(path, headers=headers)
    assert (early.status_code, early.json()["code"]) == (409, "TR241")
    counter.resume()
    taken = client.post(path, headers=headers)
    assert (taken.status_code, taken.json()["state"]) == (202, "withdrawn")
    counter.go_on(counter.applications.find_of("ANT_FOREST", _id(taken.json())))
    ended = client.post(path, headers=headers).json()
    assert (ended["state"], ended["ended_by"]) == ("released", "programme")


@pytest.mark.parametrize(
    "place",
    ["nonsense", str(uuid4()), "SYN-2018-150000-000001"],
    ids=["nonsense", "an id", "a number"],
)
def test_a_fulfilment_certificates_page_cannot_be_guessed(client, place, apply, asked, counter):
    apply(asked)
    counter.resume()
    for language in ("en", "zh"):
        answer = client.get(f"/f/{place}?lang={language}")
        assert answer.status_code == 404
        assert 'data-state="NOT_FOUND"' in answer.text
        said = {"en": "No fulfilment certificate", "zh": "没有使用该地址的尽责证书"}[language]
        assert said in answer.text, "nor is it called a well-formed number"


def test_once_the_holder_has_withdrawn_the_number_is_gone_and_the_trees_stay(
    client, apply, asked, counter, world, three
):
    made = apply(asked).json()
    counter.resume()
    world.withdraw("user-1")
    page = client.get(f"/f/{made['id']}?lang=en").text
    assert "SYN-2018" not in page
    assert "a holder who withdrew" in page
    assert three[0] in page


def test_a_page_is_the_same_for_one_who_never_exchanged(client, three):
    assert "/f/" not in client.get(f"/c/{three[0]}?lang=en").text


def test_no_age_or_birth_date_is_kept_anywhere(apply, asked, world):
    apply({**asked, "source": "guardian"})
    with world.parts.engine.connect() as connection:
        columns = connection.execute(
            text("SELECT table_name, column_name FROM information_schema.columns")
        )
        names = {f"{table}.{column}" for table, column in columns if table[:3] not in ("pg_",)}
    assert not [name for name in names if "birth" in name or name.endswith((".age", ".sex"))]


def test_rules_are_listed_with_validity_and_standing(client):
    answer = client.get("/v1/rules").json()
    rules = {rule["id"]: rule for rule in answer["rules"]}
    assert answer["day"] == NOW.date().isoformat()
    assert rules["beijing-roof"]["trees"] == 3
    assert rules["care-hour"]["standing"] == "placeholder"
    assert {rules[f"exchange-{kind}"]["trees"] for kind in ("m2", "marine", "co-planting")} == {0}
    assert len(rules["exchange"]["hash"]) == 64
    assert client.get("/v1/rules?on=2017-06-01").json()["rules"]
    assert client.get("/v1/rules?on=2016-06-01").json()["rules"] == []
    assert client.get("/v1/rules?on=yesterday").status_code == 422


def test_what_an_act_counts_as_can_be_asked(client):
    where = "/v1/rules/reading?adcode=110105&eligible=true"
    roof = client.get(f"{where}&form=F1&unit=M2_ROOF_OR_WALL&quantity=3").json()
    assert (roof["trees"], roof["award"], roof["settled"]) == (3, "FULFILMENT", True)
    assert roof["rule"]["id"] == "beijing-roof"
    assert client.get(f"{where}&form=F1&unit=ELEPHANT&quantity=3").json()["rule"] is None
    for wrong in ("form=F9&unit=M2&quantity=3", "form=F1&unit=M2&quantity=-1"):
        assert client.get(f"{where}&{wrong}").status_code == 422
