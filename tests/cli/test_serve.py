"""treering serve: SIGTERM lets requests under way come to their end, and the status is 0."""

import signal
import socket
import threading
import time
from contextlib import suppress
from dataclasses import replace

import httpx
import pytest

from tests.cli.conftest import Town
from tests.fakes.lying_node import lying_node
from tests.ports import free_port


def serving(town: Town, port: int):
    return replace(town, environ=town.environ | {"TREERING_PORT": str(port)}).start("serve")


def wait_until_it_serves(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("it does not serve")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_service_that_is_told_to_end_ends_at_once_with_status_0(town: Town, number):
    port = free_port()
    with serving(town, port) as process:
        wait_until_it_serves(port)
        held = httpx.Client()  # a connection kept open holds up nobody
        assert held.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
        process.send_signal(number)
        begun = time.monotonic()
        _, err = process.communicate(timeout=60)
        assert (process.returncode, time.monotonic() - begun < 10) == (0, True), err
        assert b"Traceback" not in err
        held.close()


def test_a_request_under_way_is_answered_even_so(town: Town):
    port, asked, go_on = free_port(), threading.Event(), threading.Event()

    def slow(_method, params, answer):
        asked.set()
        go_on.wait(3)
        return answer

    with lying_node(town.environ["TREERING_RPC_URL"], slow) as url:
        between = replace(town, environ=town.environ | {"TREERING_RPC_URL": url})
        go_on.set()
        with serving(between, port) as process:
            wait_until_it_serves(port)
            go_on.clear()
            asked.clear()
            answers = []
            path = f"http://127.0.0.1:{port}/v1/counts"
            reader = threading.Thread(target=lambda: answers.append(httpx.get(path, timeout=30)))
            reader.start()
            assert asked.wait(30)
            process.send_signal(signal.SIGTERM)
            go_on.set()
            reader.join(30)
            assert [answer.status_code for answer in answers] == [200]
            assert process.wait(30) == 0


def test_a_service_whose_node_hangs_ends_within_ten_seconds_all_the_same(town: Town):
    port, hang = free_port(), threading.Event()

    def hanging(_method, params, answer):
        if hang.is_set():
            time.sleep(30)
        return answer

    with lying_node(town.environ["TREERING_RPC_URL"], hanging) as url:
        between = replace(town, environ=town.environ | {"TREERING_RPC_URL": url})
        with serving(between, port) as process:
            wait_until_it_serves(port)
            hang.set()
            path = f"http://127.0.0.1:{port}/v1/counts"
            reader = threading.Thread(target=_ask, args=(path,), daemon=True)
            reader.start()
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            begun = time.monotonic()
            process.wait(60)
            assert (process.returncode, time.monotonic() - begun < 10) == (0, True)


def _ask(path: str) -> None:
    with suppress(httpx.HTTPError):  # the service ends before it can answer
        httpx.get(path, timeout=30)
