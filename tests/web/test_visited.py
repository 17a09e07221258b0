"""A process that follows chain and books: what it shows again, and when it stops to."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import BASE_URL, REAL
from tests.web.real_world import RealWorld
from treering.web.app import create_app

pytestmark = REAL


@pytest.fixture
def visited(world: RealWorld) -> Iterator[TestClient]:
    app = create_app(world.services, base_url=BASE_URL)
    with world.services.presence.kept(), TestClient(app) as client:
        soon(lambda: world.services.standpoint() is not None)
        yield client


def soon(happened: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def report(client: TestClient, number: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/certificates/{number}/verification").json()
    return found


def test_what_was_looked_at_needs_neither_node_nor_database(visited, world, number):
    first, page = report(visited, number), visited.get(f"/c/{number}")
    assert first["state"] == "FINAL"
    at = world.services.standpoint()
    world.silence()
    assert report(visited, number) == first
    assert visited.get(f"/c/{number}").text == page.text
    assert world.services.standpoint() == at
    counted = visited.get("/metrics").text
    assert 'route="/v1/certificates/{number}/verification",status="200"} 2.0' in counted


def test_each_answer_has_a_request_id_of_its_own_and_all_headers(visited, number):
    first, again = (visited.get(f"/c/{number}").headers for _ in range(2))
    assert first["x-request-id"] != again["x-request-id"]
    kept = {name: value for name, value in again.items() if name not in ("x-request-id", "age")}
    assert kept == {name: value for name, value in first.items() if name != "x-request-id"}
    assert "content-security-policy" in kept


def test_a_revocation_that_is_final_shows_within_one_look(visited, world, number):
    assert report(visited, number)["state"] == "FINAL"
    world.revoke(number)
    soon(lambda: report(visited, number)["state"] == "REVOKED", 5)
    assert "REVOKED" in visited.get(f"/c/{number}").text


def test_a_final_certificate_is_shown_as_final_as_soon_as_our_books_say_so(visited, world, redeem):
    (number,) = redeem()["numbers"]
    assert report(visited, number)["state"] == "PENDING"
    world.settle()
    assert report(visited, number)["state"] == "FINAL"


def test_a_name_is_gone_when_its_holder_has_withdrawn_in_another_process(visited, world, number):
    assert "张" in visited.get(f"/c/{number}?lang=zh").text
    world.withdraw("user-1")
    soon(lambda: "张" not in visited.get(f"/c/{number}?lang=zh").text, 3)


def test_a_halt_shows_on_pages_that_were_looked_at(visited, world, number):
    assert "somebody must look" not in visited.get(f"/c/{number}").text
    world.halt("somebody must look")
    soon(lambda: "somebody must look" in visited.get(f"/c/{number}").text)


def test_without_the_database_nothing_is_said_from_memory(visited, world, number):
    assert report(visited, number)["state"] == "FINAL"
    world.lose_database()
    soon(lambda: visited.get(f"/c/{number}").status_code == 503, 10)
    world.find_database()
    soon(lambda: visited.get(f"/c/{number}").status_code == 200)


@pytest.mark.parametrize("trouble", ["silence", "freeze", "refuse"])
def test_a_node_that_says_nothing_leaves_it_unknown_after_the_limit_and_asks_it_no_more(
    visited, world, number, trouble
):
    follower = world.services.presence.follower
    assert report(visited, number)["state"] == "FINAL"
    getattr(world, trouble)()
    follower.limit = 1.2
    soon(lambda: report(visited, number)["state"] == "CANNOT_CHECK_NOW", 10)
    codes = {one["check"]: one["code"] for one in report(visited, number)["findings"]}
    unknown = {codes[check] for check in ("root", "record", "lot")}
    assert unknown == {"ROOT_UNCHECKED", "RECORD_UNCHECKED", "LOT_UNCHECKED"}
    at = world.services.standpoint()
    assert not at.sees_chain
    visited.get(f"/c/{number}")
    assert "age" in visited.get(f"/c/{number}").headers


def test_a_report_says_as_of_which_block_it_is_and_how_old_that_is(visited, world, number):
    found = {one["check"]: one for one in report(visited, number)["findings"]}
    final = world.scene.chain.ledger.final_block()
    for check in ("root", "record", "lot"):
        assert found[check]["evidence"]["block"] == final.number
        assert found[check]["as_of"]
