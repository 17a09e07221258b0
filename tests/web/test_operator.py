"""The operator's page: opened by an operator's key alone, and all at one look."""

import base64
import re

import pytest

from tests.fakes.services import OPERATOR_KEY
from tests.web.conftest import FAKE
from treering.domain.role import Role
from treering.errors import KeyNotFound
from treering.flow.admitting.keybook import CONSOLE, Terms


def basic(key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"anybody:{key}".encode()).decode()}


@pytest.fixture
def operator(world) -> str:
    """A living key of an operator."""
    if hasattr(world, "parts"):
        world.parts.keybook.add(CONSOLE, "op_real", Terms(role=Role.OPERATOR))
        return "op_real"
    return OPERATOR_KEY


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic(""),
        basic("op_guessed"),
        {"Authorization": "Bearer op_guessed"},
        {"Authorization": "Basic not-base-64"},
    ],
)
def test_without_an_operators_key_it_asks_for_one(client, headers):
    answer = client.get("/operator", headers={"Accept": "text/html", **headers})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert "<table" not in answer.text


def test_a_programmes_key_does_not_open_it(client, world):
    answer = client.get("/operator", headers=basic(world.api_key))
    assert (answer.status_code, answer.json()["code"]) == (403, "TR352")


def test_an_operators_key_redeems_nothing(client, operator):
    headers = {"Authorization": f"Bearer {operator}", "Idempotency-Key": "a"}
    answer = client.post("/v1/redemptions", json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "TR310")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_key_opens_it_in_either_form_and_language(client, operator, redeem, world, language):
    redeem(count=2)
    world.seal()
    for headers in (basic(operator), {"Authorization": f"Bearer {operator}"}):
        answer = client.get(f"/operator?lang={language}", headers=headers)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert {"zh": "已封存", "en": "Sealed"}[language] in answer.text
        text = re.sub(r"<[^>]+>", " ", answer.text)
        assert "ANT_FOREST" in text
        assert "张三丰" not in answer.text


def test_a_silent_node_leaves_gaps_that_are_said(client, operator, world):
    world.silence()
    page = client.get("/operator?lang=en", headers=basic(operator))
    assert page.status_code == 200
    assert "not known now" in page.text


@FAKE
def test_alarms_and_stopped_batches_are_told_with_their_reasons(client, operator):
    page = client.get("/operator?lang=en", headers=basic(operator)).text
    assert "not reached" in page
    assert "413" in page


def test_a_revoked_key_opens_nothing_any_more(client, operator, world):
    if not hasattr(world, "parts"):
        return  # the fake has one key, for ever
    world.parts.keybook.revoke(CONSOLE, operator)
    with pytest.raises(KeyNotFound):
        world.parts.keybook.revoke(CONSOLE, operator)
    assert client.get("/operator", headers=basic(operator)).status_code == 401
