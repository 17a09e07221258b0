"""What a programme asks on behalf of a holder, over HTTP."""

import pytest

from tests.web.conftest import REAL
from treering.domain.role import Role
from treering.flow.admitting.keybook import CONSOLE, Terms
from treering.flow.caring.ombudsman import COOL_OFF

ASKS = {
    "access": {},
    "correct": {"name": "李四"},
    "display": {"shown": False},
    "guardian": {"consents": True, "by": "ab" * 32},
    "leave": {},
    "stay": {},
    "erase": {},
}


@pytest.fixture
def ask(client, headers):
    def send(verb: str, key: str | None = None, **given):
        sent = {"Authorization": f"Bearer {key}"} if key else headers
        return client.post(f"/v1/holders:{verb}", json={"holder": "user-1", **given}, headers=sent)

    return send


@pytest.mark.parametrize("verb", ASKS)
def test_a_holder_whom_nobody_knows_is_not_found(ask, verb):
    answer = ask(verb, holder="user-9", **ASKS[verb])
    assert (answer.status_code, answer.json()["code"]) == (404, "TR360")


@pytest.mark.parametrize("verb", ASKS)
@pytest.mark.parametrize("given", [{"role": "operator"}, {"holder": ""}, {"why": 7}])
def test_what_nobody_asked_for_is_refused(ask, verb, given):
    answer = ask(verb, **{**ASKS[verb], **given})
    assert (answer.status_code, answer.json()["code"]) == (422, "TR312")


@pytest.mark.parametrize("by", ["张三丰", "AB" * 32, "ab" * 31, "13800138000"])
def test_of_a_guardian_nothing_but_a_hash_is_taken(ask, by):
    assert ask("guardian", consents=True, by=by).status_code == 422


@REAL
def test_a_holder_is_given_what_is_held_of_him_and_no_cache_keeps_it(ask, number):
    answer = ask("access", why="he asked")
    assert answer.headers["Cache-Control"] == "no-store"
    (made,) = answer.json()["redemptions"]
    assert made["masked_name"] == "张**"
    (entry,) = answer.json()["log"]
    assert entry["request"] == answer.headers["X-Request-ID"]
    assert ask("access", after=f"{made['lot']}.0").json()["redemptions"] == []


@REAL
def test_another_programme_finds_nobody(ask, number, world):
    for verb, given in ASKS.items():
        assert ask(verb, key=world.other_api_key, **given).status_code == 404


@REAL
def test_a_hidden_name_is_on_no_page(ask, number, client):
    assert ask("display", shown=False).json() == {"shown": False}
    assert "张" not in client.get(f"/c/{number}", headers={"Accept": "text/html"}).text
    assert ask("guardian", consents=False, by="ab" * 32).json() == {"consents": False}
    refused = ask("display", shown=True)
    assert (refused.status_code, refused.json()["code"]) == (409, "TR367")


@REAL
def test_a_corrected_name_makes_the_old_credential_say_so(ask, number, client):
    old = client.get(f"/v1/certificates/{number}").json()
    assert ask("correct", name="李四").json() == {"records": 1}
    report = client.post("/v1/verify", json=old).json()
    assert "NAME_CORRECTED" in [finding["code"] for finding in report["findings"]]
    page = client.get(f"/c/{number}", headers={"Accept": "text/html"}).text
    assert "李*" in page


@REAL
def test_two_keys_and_three_days_erase_him_and_a_tombstone_stands(ask, number, client, world):
    address = f"/v1/certificates/{number}/tombstone"
    assert client.get(address).json()["code"] == "TR364"
    other = world.parts.keybook.issue(
        CONSOLE, Terms(role=Role.PROGRAMME, programme="ANT_FOREST", purpose="steward")
    )
    assert "due_at" in ask("leave").json()
    assert ask("erase", key=other).json()["code"] == "TR366"
    assert ask("stay").json() == {"stopped": True}
    ask("leave")
    holders = world.parts.service.holders
    late = type(holders)(holders.engine, holders.vault, lambda: world.parts.clock() + COOL_OFF)
    object.__setattr__(world.parts.service, "holders", late)
    assert ask("erase", key=other).json() == {"records": 1}
    stone = client.get(address).json()
    assert stone["hash"] == world.parts.chronicle.head().hash.hex()
    page = client.get(f"/c/{number}?lang=en", headers={"Accept": "text/html"}).text
    assert address in page


@REAL
def test_a_regulator_asks_for_his_province_and_no_other(client, number, world):
    terms = Terms(role=Role.REGULATOR, provinces=["150000"])
    headers = {"Authorization": f"Bearer {world.parts.keybook.issue(CONSOLE, terms)}"}
    found = client.get("/v1/provinces/150000/holders?limit=1", headers=headers).json()
    assert [row["masked_name"] for row in found["redemptions"]] == ["张**"]
    further = f"/v1/provinces/150000/holders?limit=1&after={found['next']}"
    assert client.get(further, headers=headers).json() == {"redemptions": [], "next": None}
    refused = client.get("/v1/provinces/620000/holders", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "TR353")
    for limit in (0, 501, 100_000):
        asked = client.get(f"/v1/provinces/150000/holders?limit={limit}", headers=headers)
        assert asked.status_code == 422
