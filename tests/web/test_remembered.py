"""An answer is given again from the same standpoint, and from no other."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from starlette.testclient import TestClient

from tests.web.conftest import BASE_URL
from treering.domain.standpoint import Standpoint
from treering.domain.verification import State
from treering.web import problems
from treering.web.remembered import MAX_AGE, Remembered, keep

NUMBER = "TR-0000-0000-0000-0000-0000-0000-000{}"
PAGE, REPORT = f"/c/{NUMBER}", f"/v1/certificates/{NUMBER}/verification"
SEES, BLIND = Standpoint(1, 1), Standpoint(-2, 1)


@dataclass
class Stage:
    """What the little service below answers, from where and when."""

    at: Standpoint | None = SEES
    state: State = State.FINAL
    now: float = 0.0
    asked: int = 0
    status: int = 200
    body: str = ""
    slow: float = 0.0
    kept: bool = True
    meanwhile: Callable[[], None] = field(default=lambda: None)


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def service(stage: Stage) -> FastAPI:
    app = FastAPI()
    app.state.base_url = BASE_URL

    @app.api_route("/c/{number}", methods=["GET", "HEAD"])
    @app.get("/v1/certificates/{number}/verification")
    async def answer(number: str, request: Request) -> Response:
        stage.asked += 1
        stage.meanwhile()
        await asyncio.sleep(stage.slow)
        if stage.kept:
            keep(request, stage.state)
        language = request.headers.get("accept-language", "")
        said = stage.body or f"{number} {language} {request.query_params} {stage.asked}"
        return Response(said, stage.status, headers={"X-Said": "once"})

    @app.get("/lots/{slug}")
    def lot(slug: str) -> str:
        stage.asked += 1
        return slug

    problems.install(app)
    return app


def clients(service: FastAPI, stage: Stage, **how: Any) -> TestClient:
    service.add_middleware(Remembered, standpoint=lambda: stage.at, clock=lambda: stage.now, **how)
    return TestClient(service, raise_server_exceptions=False)


@pytest.fixture
def client(service: FastAPI, stage: Stage) -> TestClient:
    return clients(service, stage)


@pytest.mark.parametrize("path", [PAGE, REPORT])
def test_the_same_question_has_the_same_answer_and_says_how_old_it_is(client, stage, path):
    first = client.get(path.format(1))
    stage.now = 7.9
    again = client.get(path.format(1))
    assert (again.text, again.status_code, stage.asked) == (first.text, 200, 1)
    assert (again.headers["age"], again.headers["x-said"]) == ("7", "once")
    assert "age" not in first.headers


@pytest.mark.parametrize("path", [PAGE, REPORT])
def test_who_has_the_answer_already_is_told_so_in_short(client, stage, path):
    first = client.get(path.format(1))
    again = client.get(path.format(1), headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, stage.asked) == (304, b"", 1)
    assert (again.headers["etag"], again.headers["x-said"]) == (first.headers["etag"], "once")
    assert "content-length" not in again.headers
    stage.at = Standpoint(2, 1)
    anew = client.get(path.format(1), headers={"If-None-Match": first.headers["etag"]})
    assert (anew.status_code, stage.asked) == (200, 2)
    assert anew.headers["etag"] != first.headers["etag"]
    assert client.get(path.format(1), headers={"If-None-Match": "W/x"}).status_code == 200


def test_from_another_standpoint_it_is_made_anew(client, stage):
    for stage.at in (SEES, Standpoint(2, 1), Standpoint(2, 2), Standpoint(-3, 2)):
        client.get(PAGE.format(1))
    assert stage.asked == 4


def test_without_a_standpoint_nothing_is_given_again(client, stage):
    client.get(PAGE.format(1))
    stage.at = None
    client.get(PAGE.format(1))
    client.get(PAGE.format(1))
    assert stage.asked == 3


def test_it_is_given_for_a_minute_at_most(client, stage):
    client.get(PAGE.format(1))
    stage.now = MAX_AGE
    client.get(PAGE.format(1))
    assert stage.asked == 2


def test_what_changes_while_it_is_made_is_not_given_again(client, stage):
    def moves() -> None:
        stage.at = Standpoint(2, 1)

    stage.meanwhile = moves
    client.get(PAGE.format(1))
    client.get(PAGE.format(1))
    assert stage.asked == 2


@pytest.mark.parametrize(
    ("state", "at", "asked"),
    [
        (State.FINAL, SEES, 1),
        (State.REVOKED, SEES, 1),
        (State.CANNOT_CHECK_NOW, SEES, 2),  # one question was not answered: the next may be
        (State.CANNOT_CHECK_NOW, BLIND, 1),
        (State.PENDING, SEES, 2),
        (State.PENDING, BLIND, 2),
    ],
)
def test_what_waits_is_made_anew_and_what_cannot_be_checked_unless_nothing_can(
    client, stage, state, at, asked
):
    stage.state, stage.at = state, at
    client.get(PAGE.format(1))
    client.get(PAGE.format(1))
    assert stage.asked == asked


@pytest.mark.parametrize("change", [{"status": 404}, {"status": 503}, {"kept": False}])
def test_a_refusal_or_what_says_nothing_of_it_is_not_kept(client, stage, change):
    vars(stage).update(change)
    client.get(PAGE.format(1))
    client.get(PAGE.format(1))
    assert stage.asked == 2


@pytest.mark.parametrize(
    "other",
    [
        {"url": PAGE.format(2)},
        {"url": PAGE.format(1) + "?lang=zh"},
        {"url": PAGE.format(1) + "?lang=en"},
        {"url": PAGE.format(1), "headers": {"accept-language": "zh"}},
        {"url": PAGE.format(1), "headers": {"accept": "text/html"}},
        {"url": PAGE.format(1), "method": "HEAD"},
    ],
    ids=str,
)
def test_another_question_has_an_answer_of_its_own(client, stage, other):
    client.get(PAGE.format(1))
    answer = client.request(**{"method": "GET"} | other)
    assert (answer.status_code, stage.asked) == (200, 2)


@pytest.mark.parametrize(
    "url",
    [
        PAGE.format(1) + "?x=1",
        PAGE.format(1) + "?lang=zh&x=1",
        PAGE.format(1).lower(),
        PAGE.format(1).replace("-", ""),
        REPORT.format("O"),
        "/c/TR-0000",
        "/lots/1",
    ],
)
def test_only_a_plain_address_is_kept_so_that_nobody_fills_the_memory(client, stage, url):
    client.get(url)
    client.get(url)
    assert stage.asked == 2


def test_a_report_is_the_same_in_both_languages(client, stage):
    for language in ("zh", "en"):
        client.get(REPORT.format(1), headers={"accept-language": language})
    assert stage.asked == 1


def test_languages_that_mean_the_same_share_a_page(client, stage):
    for language in ("zh-CN,zh;q=0.9", "zh-TW", "fr,zh;q=0.1"):
        client.get(PAGE.format(1), headers={"accept-language": language})
    assert stage.asked == 1


def test_no_more_bytes_are_kept_than_there_is_room_for(service, stage):
    client = clients(service, stage, limit=2500)
    stage.body = "x" * 1000
    for each in (1, 2, 1, 3, 1):
        client.get(PAGE.format(each))
    assert stage.asked == 3
    client.get(PAGE.format(2))
    assert stage.asked == 4
    stage.at = Standpoint(2, 1)  # the same again takes no more room
    for each in (1, 2, 1, 2):
        client.get(PAGE.format(each))
    assert stage.asked == 6


def crowd(remembered: Remembered, count: int) -> list[Any]:
    """Each one's messages, or what it was raised; all ask at once."""
    scope = {"type": "http", "method": "GET", "path": PAGE.format(1), "query_string": b""}

    async def one() -> list[Any]:
        told: list[Any] = []

        async def tell(message: Any) -> None:
            told.append(message)

        mine = {**scope, "headers": [], "state": {}, "http_version": "1.1", "scheme": "http"}
        await remembered(mine | {"server": ("a", 1), "client": ("b", 2)}, None, tell)
        return told

    async def all_of_them() -> list[Any]:
        return await asyncio.gather(*[one() for _ in range(count)], return_exceptions=True)

    return asyncio.run(all_of_them())


def test_many_who_ask_at_once_wait_for_one_making(service, stage):
    stage.slow = 0.05
    told = crowd(Remembered(service, standpoint=lambda: stage.at), 50)
    assert stage.asked == 1
    assert len({messages[1]["body"] for messages in told}) == 1


def test_they_share_a_fault_as_well(service, stage):
    def breaks() -> None:
        raise OSError("disk")

    stage.meanwhile = breaks
    told = crowd(Remembered(service, standpoint=lambda: stage.at), 5)
    assert stage.asked == 1
    assert {type(one) for one in told} == {OSError}


def test_what_is_not_made_in_time_is_told_to_come_again_and_the_next_gets_it(service, stage):
    stage.slow = 0.2
    client = clients(service, stage, patience=0.05)
    with client:
        answer = client.get(PAGE.format(1))
        assert (answer.status_code, answer.json()["code"]) == (503, "TR334")
        assert answer.headers["retry-after"]
        time.sleep(0.3)
        assert client.get(PAGE.format(1)).status_code == 200
    assert stage.asked == 1
