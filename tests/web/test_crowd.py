"""A connection beyond the server's room is answered in its own form, and told to come again."""

import resource

import pytest
from starlette.testclient import TestClient

from tests.fakes.services import API_KEY, FakeServices
from treering.cli import room
from treering.web.app import create_app

BASE_URL = "https://trees.example"


def client(*, crowded: bool) -> TestClient:
    app = create_app(FakeServices(BASE_URL), base_url=BASE_URL)

    async def server(scope, receive, send):
        await app({**scope, "state": {"crowded": True} if crowded else {}}, receive, send)

    return TestClient(server)


def test_whoever_has_room_is_answered_as_ever():
    assert client(crowded=False).get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/v1/redemptions", "/"])
def test_beyond_the_room_every_request_is_told_to_come_again(path):
    answer = client(crowded=True).post(path, headers={"authorization": f"Bearer {API_KEY}"})
    assert (answer.status_code, answer.json()["code"]) == (503, "TR332")
    assert (answer.headers["retry-after"], answer.headers["connection"]) == ("1", "close")


def test_a_browser_is_shown_a_page_that_says_so():
    answer = client(crowded=True).get("/", headers={"accept": "text/html"})
    assert answer.status_code == 503
    assert "Too many connections" in answer.text


@pytest.mark.parametrize(("descriptors", "connections"), [(64, 16), (50, 8), (-1, 1_048_528)])
def test_some_descriptors_are_kept_for_database_and_node(descriptors, connections):
    assert room.room(descriptors) == connections


def test_a_process_may_open_as_many_files_as_its_machine_allows():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        found = room.connections()
        now = resource.getrlimit(resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert now == (before[1], before[1])
    assert found == room.room(before[1])


def test_where_the_limit_cannot_be_raised_it_is_kept_to(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 1 << 62))
    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert room.connections() == 256 - room.KEPT


def refuse(*_: object) -> None:
    raise ValueError("not allowed to exceed maximum limit")
