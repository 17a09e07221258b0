"""POST /v1/redemptions:bulk: each line answered for itself, none lost, none doubled."""

import json

from tests.web.conftest import FAKE, REAL
from tests.web.test_redemptions import WISH, problem
from treering.errors import ChainUnavailable
from treering.web import bulk


def send(client, headers, lines):
    answer = client.post("/v1/redemptions:bulk", content="\n".join(lines), headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def line(**change):
    return json.dumps({**WISH, **change}, ensure_ascii=False)


def asked(client):
    return client.get("/v1/lots/ANT_FOREST-277").json()["asked"]


BROKEN = '{"lot": "ANT_FOREST-277",'


def test_a_malformed_third_line_of_five_costs_only_itself(client, headers):
    answers = send(client, headers, [line(), line(holder="user-2"), BROKEN, line(), line()])

    assert [answer["line"] for answer in answers] == [1, 2, 3, 4, 5]
    assert [answer["status"] == "granted" for answer in answers] == [True, True, False, True, True]
    assert answers[2]["code"] == "TR312"
    assert answers[2]["detail"]
    numbers = [number for answer in answers for number in answer.get("numbers", [])]
    assert len(set(numbers)) == 4
    assert asked(client) == 4


def test_each_refused_line_says_why(client, headers):
    lines = [
        line(lot="NOWHERE-1"),
        line(lot="ANT_FOREST-1", count=10_001),
        line(name="\u200f"),
        "[]",
    ]
    answers = send(client, headers, lines)

    assert [answer["code"] for answer in answers] == ["TR304", "TR305", "TR303", "TR312"]
    assert answers[1]["left"] == 10_000
    assert all(answer["status"] == "refused" and answer["title"] for answer in answers)


def test_blank_lines_are_passed_over_but_counted(client, headers):
    answers = send(client, headers, ["", line(), "  \r", line() + "\r", ""])
    assert [answer["line"] for answer in answers] == [2, 4]


def test_the_same_upload_again_gives_the_same_numbers(client, headers):
    lines = [line(), line(holder="user-2", count=2), BROKEN, line(), line(year=2020)]
    first = send(client, headers, lines)
    again = send(client, headers, lines)

    assert [answer["status"] for answer in first] == [
        "granted",
        "granted",
        "refused",
        "granted",
        "refused",
    ]
    granted = {"status": "granted", "replayed": True}
    assert again == [{**a, **granted} if a["status"] == "granted" else a for a in first]
    assert asked(client) == 4


def test_a_mended_line_sent_again_is_the_only_new_one(client, headers):
    first = send(client, headers, [line(), line(), BROKEN, line(), line()])
    again = send(client, headers, [line(), line(), line(), line(), line()])

    assert [answer["replayed"] for answer in again] == [True, True, False, True, True]
    old = [number for answer in first for number in answer.get("numbers", [])]
    new = [number for answer in again for number in answer["numbers"]]
    assert set(old) < set(new)
    assert len(set(new)) == asked(client) == 5


def test_more_lines_than_one_chunk_are_all_answered_in_order(client, headers, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 20)
    count = bulk.CHUNK * 2 + 3
    answers = send(client, headers, [line(holder=f"user-{i}") for i in range(count)])

    assert [answer["line"] for answer in answers] == list(range(1, count + 1))
    assert all(answer["status"] == "granted" for answer in answers)
    assert asked(client) == count


def test_an_empty_upload_has_an_empty_answer(client, headers):
    assert send(client, headers, []) == []


def test_bytes_that_are_no_text_are_refused_line_by_line(client, headers):
    answer = client.post(
        "/v1/redemptions:bulk", content=b"\xff\xfe\n" + line().encode(), headers=headers
    )
    first, second = (json.loads(part) for part in answer.text.splitlines())
    assert (first["status"], second["status"]) == ("refused", "granted")


def test_a_wrong_key_refuses_the_whole_upload(client, headers):
    given = {**headers, "Authorization": "Bearer wrong"}
    problem(client.post("/v1/redemptions:bulk", content=line(), headers=given), 401, "TR310")


@FAKE  # the flow asks nobody who could be silent
def test_a_part_that_fails_on_the_way_is_told_line_by_line(client, headers, world, monkeypatch):
    def fail(programme, wishes):
        raise ChainUnavailable("no answer")

    monkeypatch.setattr(world.services, "redeem_many", fail)
    assert [a["code"] for a in send(client, headers, [line(), line()])] == ["TR101", "TR101"]


@FAKE  # nobody knows a fault of the flow, or it would be mended
def test_a_fault_of_ours_on_the_way_tells_nothing_of_itself(client, headers, world, monkeypatch):
    def fail(programme, wishes):
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(world.services, "redeem_many", fail)
    (answer,) = send(client, headers, [line()])
    assert answer["code"] == "TR000"
    assert "hunter2" not in json.dumps(answer)


@REAL
def test_a_database_that_goes_on_the_way_loses_and_doubles_nothing(
    client, headers, world, monkeypatch
):
    monkeypatch.setattr(bulk, "CHUNK", 1)
    lines = [line(), line(holder="user-2"), line()]
    programme = world.services.authenticate(world.api_key)
    body = "\n".join(lines).encode()
    answering = bulk.answers(world.services, programme, headers["Idempotency-Key"], body)

    first = json.loads(next(answering))
    world.lose_database()
    without = [json.loads(part) for part in answering]
    assert [(answer["line"], answer["code"]) for answer in without] == [(2, "TR319"), (3, "TR319")]
    assert "redemptions" not in json.dumps(without), "no SQL in an answer"

    world.find_database()
    again = send(client, headers, lines)
    assert [answer["replayed"] for answer in again] == [True, False, False]
    assert again[0]["numbers"] == first["numbers"]
    assert asked(client) == 3


def test_an_upload_may_be_large_but_not_endless(client, headers):
    big = line() + " " * 300_000
    assert send(client, headers, [big])[0]["status"] == "granted"
    too_big = b" " * (25 * 1024 * 1024 + 1)
    problem(client.post("/v1/redemptions:bulk", content=too_big, headers=headers), 413, "TR316")
