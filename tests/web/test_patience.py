"""Requests that come in pieces, over a real socket: all are answered, but none is waited for."""

import json
import socket
import threading
import time
from contextlib import contextmanager, suppress

import uvicorn

from tests.ports import free_port
from tests.web.conftest import FAKE
from tests.web.test_redemptions import WISH
from treering.cli.patience import PatientProtocol
from treering.web import body_limit

REDEEM = "/v1/redemptions"
BODY = json.dumps(WISH).encode()

pytestmark = FAKE  # nothing behind the web matters here


class Impatient(PatientProtocol):
    _patience = 0.3


@contextmanager
def served(app, protocol=PatientProtocol):
    """The port of the application on a uvicorn of its own, as `treering serve` sets it up."""
    port = free_port()
    config = uvicorn.Config(app, "127.0.0.1", port, http=protocol, log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield port
    finally:
        server.should_exit = True
        thread.join()


LENGTH = len(BODY)


def asking(key, length=LENGTH, more=""):
    lines = [f"POST {REDEEM} HTTP/1.1", "Host: x", f"Authorization: Bearer {key}"]
    lines += [f"Idempotency-Key: {time.monotonic_ns()}", "Content-Type: application/json"]
    lines += [more or f"Content-Length: {length}"]
    return "\r\n".join([*lines, "", ""]).encode()


def statuses(port, pieces, count=1):
    """Of so many answers to what is sent in these pieces; fewer if the service hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(BrokenPipeError, ConnectionResetError):  # it need not hear all of it
            for piece in pieces:
                line.sendall(piece)
                time.sleep(0.05)
        seen = b""
        while seen.count(b"HTTP/1.1 ") < count or not seen.rpartition(b"\r\n\r\n")[2]:
            if not (more := line.recv(65536)):
                break
            seen += more
    return [int(part[:3]) for part in seen.split(b"HTTP/1.1 ")[1:]]


def test_a_body_in_one_packet_in_several_or_in_chunks_is_the_same(client, world):
    head, key = asking(world.api_key), world.api_key
    chunked = asking(key, more="Transfer-Encoding: chunked")
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    with served(client.app) as port:
        assert statuses(port, [head + BODY]) == [201]
        assert statuses(port, [asking(key), BODY[:9], BODY[9:]]) == [201]
        assert statuses(port, [chunked + chunks]) == [201]
        assert statuses(port, [asking(key, more="Transfer-Encoding: chunked"), chunks]) == [201]


def test_of_several_requests_in_one_packet_each_is_answered(client, world):
    packet = b"".join(asking(world.api_key) + BODY for _ in range(3))
    with served(client.app) as port:
        assert statuses(port, [packet], count=3) == [201, 201, 201]


def test_a_body_that_does_not_come_is_waited_for_so_long_and_no_longer(client, world, monkeypatch):
    monkeypatch.setattr(body_limit, "SECONDS", 0.3)
    with served(client.app) as port:
        assert statuses(port, [asking(world.api_key), BODY[:9]]) == [408]
        assert statuses(port, [asking(world.api_key), *(b" " for _ in range(4))]) == [408]


def test_a_head_that_does_not_come_is_hung_up_on(client, world):
    with served(client.app, Impatient) as port:
        assert statuses(port, [asking(world.api_key)[:20]]) == []


def test_too_much_is_refused_whether_it_was_announced_or_not(client, world):
    much = b" " * (body_limit.LIMIT + 1)
    chunked = asking(world.api_key, more="Transfer-Encoding: chunked")
    with served(client.app) as port:
        assert statuses(port, [asking(world.api_key, len(much))]) == [413]
        assert statuses(port, [chunked + b"%x\r\n%s\r\n" % (len(much), much)]) == [413]
