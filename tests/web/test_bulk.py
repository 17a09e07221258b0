"""POST /v1/redemptions:bulk: each line answered for itself, none lost, none doubled."""

import io
import json
import time

import pyarrow as pa
import pyarrow.parquet as pq

from tests.web.conftest import FAKE, REAL
from tests.web.test_redemptions import WISH, problem
from treering.domain import load
from treering.domain.role import Scope
from treering.intake.formats import Format
from treering.web import bulk
from treering.web.body_limit import BULK_LIMIT


def send(client, headers, lines):
    answer = client.post("/v1/redemptions:bulk", content="\n".join(lines), headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def post(client, headers, content, address="/v1/redemptions:bulk"):
    answer = client.post(address, content=content, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text.splitlines()


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
    monkeypatch.setattr(load, "CELL", 20)
    count = 43
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


@FAKE  # nobody knows a fault of the flow, or it would be mended
def test_a_fault_of_ours_on_the_way_tells_nothing_of_itself(client, headers, world, monkeypatch):
    def fail(programme, key, entries):
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(world.services, "load", fail)
    (answer,) = send(client, headers, [line()])
    assert (answer["line"], answer["status"], answer["code"]) == (1, "stopped", "TR000")
    assert "hunter2" not in json.dumps(answer)


@REAL
def test_a_database_that_goes_on_the_way_loses_and_doubles_nothing(
    client, headers, world, monkeypatch
):
    monkeypatch.setattr(load, "CELL", 1)
    lines = [line(), line(holder="user-2"), line()]
    programme = world.services.authenticate(world.api_key, Scope.REDEEM)
    key = headers["Idempotency-Key"]
    upload = bulk.Upload(world.services, programme, key, Format.NDJSON, "lines")

    def body():
        yield lines[0].encode() + b"\n"
        while asked(client) < 1:
            time.sleep(0.01)
        world.lose_database()
        yield "\n".join(lines[1:]).encode()

    first, stopped = (json.loads(part) for part in upload.answers(body()))
    assert (stopped["line"], stopped["status"], stopped["code"]) == (2, "stopped", "TR319")
    assert "redemptions" not in json.dumps(stopped), "no SQL in an answer"

    world.find_database()
    again = send(client, headers, lines)
    assert [answer["replayed"] for answer in again] == [True, False, False]
    assert again[0]["numbers"] == first["numbers"]
    assert asked(client) == 3


def test_an_upload_may_be_large_but_not_endless(client, headers):
    big = ["", *[" " * 16_000] * 40, line(), line() + " " * 16_384, line()]
    status = [answer["status"] for answer in send(client, headers, big)]
    assert status == ["granted", "refused", "granted"]
    announced = headers | {"content-length": str(BULK_LIMIT + 1)}
    problem(client.post("/v1/redemptions:bulk", content=b" ", headers=announced), 413, "TR316")


def test_a_summary_tells_progress_and_what_was_refused(client, headers, monkeypatch):
    monkeypatch.setattr(load, "CELL", 2)
    lines = "\n".join([line(), BROKEN, line()])
    address = "/v1/redemptions:bulk?answers=summary"
    told = [json.loads(part) for part in post(client, headers, lines, address)]
    assert [part["status"] for part in told] == ["refused", "progress", "progress", "done"]
    assert told[1] == {"status": "progress", "line": 2, "granted": 1, "replayed": 0, "refused": 1}
    assert told[3] == {"status": "done", "line": 3, "granted": 2, "replayed": 0, "refused": 1}


def test_a_table_is_redeemed_as_lines_are(client, headers):
    csv = "lot,holder,name,count\nANT_FOREST-277,a,张三,2\nANT_FOREST-277,b,=1+1,1\n"
    given = headers | {"content-type": "text/csv; charset=utf-8"}
    told = [json.loads(part) for part in post(client, given, csv)]
    assert [(part["line"], part["status"]) for part in told] == [(2, "granted"), (3, "refused")]
    assert len(told[0]["numbers"]) == 2
    rows = pa.Table.from_pylist([{"lot": "ANT_FOREST-277", "holder": "a", "name": "张三"}])
    file = io.BytesIO()
    pq.write_table(rows, file)
    given = headers | {
        "content-type": "application/vnd.apache.parquet",
        "idempotency-key": "parquet",
    }
    (told,) = (json.loads(part) for part in post(client, given, file.getvalue()))
    assert told["status"] == "granted"


def test_a_file_of_another_form_is_stopped_at_once_and_says_why(client, headers):
    given = headers | {"content-type": "application/vnd.apache.parquet"}
    told = client.post("/v1/redemptions:bulk", content=line() * 9, headers=given)
    assert (told.status_code, told.json()["code"]) == (422, "TR330")
    given = headers | {"content-type": "text/csv"}
    table = "lot;holder;name\n" * 3
    told = client.post("/v1/redemptions:bulk", content=table, headers=given)
    assert (told.status_code, told.json()["code"]) == (422, "TR330")


def test_an_id_that_a_line_was_given_leads_to_its_redemption(client, headers):
    _, (made,) = send(client, headers, [line()]), send(client, headers, [line()])
    found = client.get(f"/v1/redemptions/{made['id']}", headers=headers).json()
    assert found["numbers"] == made["numbers"]
