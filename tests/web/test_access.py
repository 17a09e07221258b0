"""Doors: each opens to the roles that it names, in every form that a key may come in."""

import base64

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.fakes.access import GANSU, INNER_MONGOLIA
from tests.fakes.services import API_KEY, FakeServices
from tests.web.conftest import BASE_URL
from treering.web import access
from treering.web.app import create_app

DOORS = {
    "operator": access.TheOperator,
    "regulator": access.TheRegulator,
    "auditor": access.TheAuditor,
    "inspector": access.TheInspector,
    "overseer": access.TheOverseer,
}
KEYS = {
    "operator": "op_test",
    "regulator": "re_test",
    "auditor": "au_test",
    "inspector": "in_test",
    "programme": API_KEY,
}
OPENS = {(role, role) for role in DOORS} | {
    ("overseer", role) for role in ("operator", "regulator", "auditor")
}


def add_doors(app: FastAPI) -> None:
    for name, door in DOORS.items():

        def show(person: door) -> str:
            return person.role

        app.get(f"/doors/{name}")(show)

    @app.get("/doors/of/{province}")
    def show_province(province: str, person: access.TheRegulator) -> str:
        person.insist_on(province)
        return province

    @app.get("/doors")
    def show_anybody(person: access.MaybePerson) -> str:
        return person.label if person else "anybody"


@pytest.fixture
def doors() -> TestClient:
    app = create_app(FakeServices(BASE_URL), base_url=BASE_URL)
    add_doors(app)
    return TestClient(app, raise_server_exceptions=False)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize("role", KEYS)
@pytest.mark.parametrize("door", DOORS)
def test_a_door_opens_to_the_roles_that_it_names_and_to_no_other(doors, door, role):
    answer = doors.get(f"/doors/{door}", headers=bearer(KEYS[role]))
    if (door, role) in OPENS:
        assert (answer.status_code, answer.json()) == (200, role)
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "TR352")


@pytest.mark.parametrize("door", DOORS)
def test_whoever_shows_nothing_is_asked_to_sign_in(doors, door):
    answer = doors.get(f"/doors/{door}")
    assert (answer.status_code, answer.json()["code"]) == (401, "TR351")
    assert "WWW-Authenticate" in answer.headers


def test_a_key_that_is_none_is_told_so_even_where_everybody_may_come(doors):
    for path in ("/doors", "/doors/auditor"):
        answer = doors.get(path, headers=bearer("au_guessed"))
        assert (answer.status_code, answer.json()["code"]) == (401, "TR310")


@pytest.mark.parametrize(
    "headers",
    [
        bearer("au_test"),
        {"X-API-Key": "au_test"},
        {"Authorization": "Basic " + base64.b64encode(b"anybody:au_test").decode()},
    ],
)
def test_a_key_comes_in_any_of_three_forms(doors, headers):
    assert doors.get("/doors", headers=headers).json() == "key auditor"
    assert doors.get("/doors/auditor", headers=headers).status_code == 200


@pytest.mark.parametrize("value", ["Basic", "Basic !", "Basic /w==", "Basic YTo=", "Digest x"])
def test_what_is_no_key_at_all_is_anybody(doors, value):
    assert doors.get("/doors", headers={"Authorization": value}).json() == "anybody"


def test_a_regulator_of_one_province_is_refused_another(doors):
    key = bearer(f"re_test_{INNER_MONGOLIA}")
    assert doors.get(f"/doors/of/{INNER_MONGOLIA}", headers=key).status_code == 200
    answer = doors.get(f"/doors/of/{GANSU}", headers=key)
    assert (answer.status_code, answer.json()["code"]) == (403, "TR353")
