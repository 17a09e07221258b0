"""Whoever waits when a web process is told to end is let in first."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from sqlalchemy import create_engine, make_url, text

from tests.faults.journal import LOT
from tests.faults.processes import Web, until
from tests.faults.town import Town

WAITS = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = :name"


def crowd(town: Town, web: Web, pool: ThreadPoolExecutor, count: int):
    """So many redemptions under way, of which the first waits for the lot's row."""
    asked = [pool.submit(web.redeem, f"wish {i}") for i in range(count)]
    name = make_url(town.database_url).database
    until(lambda: town.sql(WAITS, name=name), web.check)
    for _ in range(3):
        web.answers()  # whatever came before it has been read
    return asked


def test_f09_a_web_process_that_is_told_to_end_lets_in_all_who_wait(town: Town):
    web = town.serve()
    engine = create_engine(town.database_url)
    with ThreadPoolExecutor(24) as pool:
        with engine.begin() as holding:
            holding.execute(text("SELECT 1 FROM lots WHERE slug = :lot FOR UPDATE"), {"lot": LOT})
            asked = crowd(town, web, pool, 24)
            web.forked.signal(15)
        web.ended()
        assert {answer.result().status for answer in asked} == {201}
    engine.dispose()
    assert town.settle().records == 24


def upload(web: Web, key: str) -> socket.socket:
    """A connection that has sent one line of an upload, of which more is to come."""
    where = urlsplit(web.url)
    connection = socket.create_connection((where.hostname, where.port), timeout=30)
    line = json.dumps({"lot": LOT, "holder": key, "name": "王伟"}).encode() + b"\n"
    head = (
        f"POST /v1/redemptions:bulk HTTP/1.1\r\nHost: {where.netloc}\r\n"
        f"Authorization: Bearer {web.journal.api_key}\r\nIdempotency-Key: {key}\r\n"
        "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    connection.sendall(head.encode() + f"{len(line):x}\r\n".encode() + line + b"\r\n")
    return connection


def status(connection: socket.socket) -> int:
    return int(connection.recv(4096).split()[1])


def test_uploads_that_wait_hold_up_no_redemption_and_too_many_are_told_to_come_again(town: Town):
    web = town.serve()
    waiting = [upload(web, f"upload {i}") for i in range(4)]
    assert {status(connection) for connection in waiting} == {200}
    with upload(web, "one too many") as refused:
        answer = refused.recv(65536).decode()
        assert (answer.split()[1], "retry-after: 1" in answer) == ("429", True)
    assert web.redeem("many", count=101).status == 201
    for connection in waiting:
        connection.close()
    until(lambda: status(upload(web, "later")) == 200, web.check)
    assert town.settle().records == 101


def test_f09_a_service_that_is_told_to_end_does_not_wait_for_uploads_that_never_end(town: Town):
    web = town.serve()
    waiting = [upload(web, f"upload {i}") for i in range(3)]
    assert {status(connection) for connection in waiting} == {200}
    web.forked.signal(15)
    assert web.ended() == 0
    for connection in waiting:
        connection.close()
    assert town.settle().records == 0
