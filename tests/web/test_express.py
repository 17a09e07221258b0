"""The route that is reached past the router answers, refuses and is counted as all others."""

import asyncio

import pytest
from sqlalchemy.exc import OperationalError

from tests.web.conftest import FAKE
from tests.web.test_redemptions import WISH, problem
from treering.web.body_limit import LIMIT, BodyLimit

REDEEM = "/v1/redemptions"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_the_routers_to_refuse(client, method):
    assert client.request(method, REDEEM).status_code == 405


def test_an_address_that_only_begins_alike_is_another(client, headers):
    assert client.post(f"{REDEEM}/", json=WISH, headers=headers).status_code == 404


def test_it_is_counted_under_its_template(client, headers):
    client.post(REDEEM, json=WISH, headers=headers)
    client.post(REDEEM, json=WISH)
    text = client.get("/metrics").text
    for status in (201, 401):
        series = f'method="POST",route="{REDEEM}",status="{status}"'
        assert f"treering_http_requests_total{{{series}}} 1.0" in text


@FAKE  # a database that goes away between two statements of one request
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_database_that_is_away_is_told_as_everywhere(
    client, headers, world, monkeypatch, accept
):
    def fail(*_):
        raise OperationalError("SELECT secret", {}, Exception("gone"))

    monkeypatch.setattr(world.services, "authenticate", fail)
    monkeypatch.setattr(world.services, "remembered", lambda *_: None)
    answer = client.post(REDEEM, json=WISH, headers={**headers, "Accept": accept})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    assert "SELECT" not in answer.text


@FAKE  # nobody knows a fault of the flow, or it would be mended
def test_a_fault_that_nobody_foresaw_tells_nothing(client, headers, world, monkeypatch):
    async def fail(*_):
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(world.services, "redeem", fail)
    answer = client.post(REDEEM, json=WISH, headers=headers)
    problem(answer, 500, "TR000")
    assert "hunter2" not in answer.text


@pytest.mark.parametrize(
    ("state", "passes_untouched"),
    [({"whole": 0}, True), ({"whole": LIMIT}, True), ({"whole": LIMIT + 1}, False), ({}, False)],
)
def test_a_body_that_came_with_its_head_is_neither_timed_nor_counted(state, passes_untouched):
    seen = []

    async def app(scope, receive, send):
        seen.append(receive)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "path": REDEEM, "headers": [], "state": state}
    asyncio.run(BodyLimit(app)(scope, receive, None))
    assert (seen == [receive]) == passes_untouched
