"""F40 to F44: requests that come a hundred times, at once, too late, or half."""

import json
import socket
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from urllib.parse import urlsplit

import pytest

from bench.load import Plan
from tests.faults.journal import LOT, Answer
from tests.faults.processes import Web, faketime, until
from tests.faults.town import Town
from treering.store.redemptions import key_hash


@pytest.fixture
def two(town: Town) -> list[Web]:
    """Two web processes on one database."""
    return [town.serve(), town.serve()]


def all_at_once(webs: list[Web], keys: list[str]) -> list[Answer]:
    """Each key asked for, in turn at one process and the other, 32 at a time."""
    with ThreadPoolExecutor(32) as pool:
        asked = [pool.submit(webs[i % len(webs)].redeem, key) for i, key in enumerate(keys)]
        return [answer.result() for answer in asked]


def test_f40_a_hundred_identical_redemptions_at_two_processes_are_one(town: Town, two):
    answers = all_at_once(two, ["the same"] * 100)
    assert Counter(answer.status for answer in answers) == {201: 1, 200: 99}
    assert len({answer.body["id"] for answer in answers}) == 1
    assert town.settle().records == 1


def test_f41_the_last_unit_goes_to_one_of_those_who_ask_at_two_processes(town: Town, two):
    town.sql("UPDATE lots SET capacity = 1 WHERE slug = :lot", lot=LOT)
    answers = all_at_once(two, [f"voucher {i}" for i in range(20)])
    assert Counter(answer.status for answer in answers) == {201: 1, 409: 19}
    assert {answer.body["code"] for answer in answers if not answer.granted} == {"TR305"}
    assert town.settle().records == 1


def test_f42_a_key_that_comes_again_with_another_body_is_refused_with_the_reason(town: Town, two):
    assert two[0].redeem("one").status == 201
    another = two[1].redeem("one", name="李雷")
    assert (another.status, another.body["code"]) == (422, "TR309")
    assert town.settle().records == 1


def test_f43_a_limited_lot_sells_out_to_the_last_unit_and_no_further(town: Town, two):
    town.sql("UPDATE lots SET capacity = 150 WHERE slug = :lot", lot=LOT)
    answers = all_at_once(two, [f"wish {i}" for i in range(220)])
    assert Counter(answer.status for answer in answers) == {201: 150, 409: 70}
    assert town.settle().records == 150


def crowd_at(web: Web, asks: int) -> "subprocess.Popen[str]":
    """A process that asks for one unit so often, over 16 connections, under keys of its own."""
    where = urlsplit(web.url)
    headers = {"Authorization": f"Bearer {web.journal.api_key}"}
    plan = Plan(
        host=where.hostname or "",
        port=where.port or 0,
        path="/v1/redemptions",
        headers={**headers, "Idempotency-Key": f"{where.port} {{key}}"},
        bodies=[json.dumps({"lot": LOT, "holder": f"{i}", "name": "王伟"}) for i in range(asks)],
        connections=16,
    )
    words = [sys.executable, "-m", "bench.load"]
    asking = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert asking.stdin
    json.dump(asdict(plan), asking.stdin)
    asking.stdin.close()
    return asking


def test_f43_four_processes_sell_a_lot_of_5000_to_32000_askers_and_not_one_more(town: Town):
    town.sql("UPDATE lots SET capacity = 5000 WHERE slug = :lot", lot=LOT)
    crowds = [crowd_at(town.serve(), 8_000) for _ in range(4)]
    answered: Counter[str] = Counter()
    for crowd in crowds:
        assert crowd.stdout
        answered.update(json.load(crowd.stdout)["statuses"])
        assert crowd.wait() == 0
    assert answered == {"201": 5_000, "409": 27_000}
    assert town.settle().records == 5_000


def sent(web: Web, body: bytes, *, announced: int | None = None) -> socket.socket:
    """A connection that has sent a redemption with this body, of which more may be announced."""
    where = urlsplit(web.url)
    connection = socket.create_connection((where.hostname, where.port), timeout=30)
    head = (
        f"POST /v1/redemptions HTTP/1.1\r\nHost: {where.netloc}\r\n"
        f"Authorization: Bearer {web.journal.api_key}\r\nIdempotency-Key: half\r\n"
        f"Content-Type: application/json\r\nContent-Length: {announced or len(body)}\r\n\r\n"
    )
    connection.sendall(head.encode() + body)
    return connection


WISH = json.dumps({"lot": LOT, "holder": "holder of half", "name": "王伟"}).encode()


def test_f44_a_client_that_leaves_in_the_middle_of_its_body_has_asked_for_nothing(town: Town):
    web = town.serve()
    sent(web, WISH[:20], announced=len(WISH)).close()
    assert web.redeem("another").status == 201
    hashes = town.sql("SELECT hash FROM redemption_keys")
    assert [row.hash.hex for row in hashes] == [key_hash("ANT_FOREST", "another")]
    assert town.settle().records == 1


def test_f44_a_client_that_leaves_before_the_answer_gets_it_when_it_asks_again(town: Town):
    web = town.serve(FAILPOINT="redeem.before_commit:1", FPACT="stop")
    connection = sent(web, WISH)
    web.frozen()
    connection.close()
    web.thaw()
    until(lambda: town.sql("SELECT 1 FROM redemptions"), web.check)
    assert web.redeem("half").status == 200
    assert town.settle().records == 1


@pytest.mark.parametrize("half", ["head", "body"])
def test_f44_a_connection_that_sends_a_byte_a_second_is_closed(town: Town, half):
    """The process's clocks run ten times as fast, so that its patience ends soon."""
    web = town.serve(**faketime("+0 x10", FAKETIME_DONT_FAKE_MONOTONIC="0"))
    where = urlsplit(web.url)
    if half == "head":
        connection = socket.create_connection((where.hostname, where.port), timeout=30)
    else:
        connection = sent(web, b"{", announced=1000)
    with connection:
        until(lambda: closed(connection), web.check)
    assert web.redeem("another").status == 201


def closed(connection: socket.socket) -> bool:
    """One more byte is sent; whether the other side has closed."""
    try:
        connection.sendall(b"X")
        connection.setblocking(False)
        return connection.recv(4096) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        connection.settimeout(30)
