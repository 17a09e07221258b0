"""The holder's own copy over HTTP: for his programme alone, with what he wants to show."""

import pytest

from tests.web.test_redemptions import problem

ASKED = {"holder": "user-1", "name": "张三丰", "made_for": "bank 42"}


@pytest.fixture
def ask(client, world, number):
    def asked(key: str | None = world.api_key, number: str = number, **changes: object):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        path = f"/v1/certificates/{number}/own-copy"
        return client.post(path, json=ASKED | changes, headers=headers)

    return asked


def test_the_programme_fetches_it_and_the_service_says_whose_it_is(client, ask, number):
    answer = ask()
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    report = client.post("/v1/verify", content=answer.content).json()
    assert (report["number"], report["verdict"]) == (number, "VALID")
    told = {f["code"]: f["detail"] for f in report["findings"] if f["check"] == "holder"}
    expected = {"HOLDER_STATED_OK": "bank 42", "HOLDER_ID_OK": "user-1"}
    assert told == expected | {"HOLDER_NAME_OK": "张三丰"}


def test_the_page_says_whose_it_is(client, ask):
    page = client.post("/verify?lang=en", data={"document": ask().text})
    assert page.status_code == 200
    assert "The record is of the holder with this id" in page.text
    assert "user-1" in page.text


def test_the_parts_are_opened_apart_or_together(ask):
    assert set(ask().json()["opened"]) == {"id", "name"}
    assert set(ask(open=["name"]).json()["opened"]) == {"name"}
    assert ask(open=[]).json()["opened"] == {}
    assert "user-1" not in ask(open=["name"]).text


def test_the_public_credential_tells_nothing_of_either(client, ask, number):
    public = client.get(f"/v1/certificates/{number}")
    assert ask().json()["credential"] == public.json()
    assert "user-1" not in public.text
    assert "张三丰" not in public.text


def test_nobody_else_is_given_one(ask, world, number):
    problem(ask(None), 401, "TR351")
    problem(ask("wrong"), 401, "TR310")
    problem(ask(world.other_api_key), 404, "TR302")
    problem(ask(holder="user-2"), 403, "TR343")
    problem(ask(name="李四"), 403, "TR343")
    problem(ask(name="a\u202e"), 422, "TR303")
    problem(ask(number=number[:-1] + ("0" if number[-1] != "0" else "1")), 404, "TR301")


def test_one_that_still_waits_has_none(ask, redeem):
    (waiting,) = redeem()["numbers"]
    problem(ask(number=waiting), 409, "TR315")


def test_what_is_asked_otherwise_than_documented_is_refused(ask):
    for change in ({"more": 1}, {"open": ["age"]}, {"holder": None}, {"made_for": "x" * 201}):
        problem(ask(**change), 422, "TR312")


def test_half_a_character_is_refused_and_no_fault(client, world, number):
    headers = {"X-API-Key": world.api_key, "Content-Type": "application/json"}
    body = b'{"holder": "\\ud800"}'
    path = f"/v1/certificates/{number}/own-copy"
    problem(client.post(path, content=body, headers=headers), 422, "TR312")
