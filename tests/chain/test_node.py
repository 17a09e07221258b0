"""The node client takes nothing for an answer but an answer to its own request."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.odd_node import answering, odd_node, saying
from tests.ports import free_port
from treering.chain.node import Node, data, quantity
from treering.errors import ChainUnavailable, NodeRefused

BLOCK = {"number": "0x1", "hash": "0x" + "ab" * 32, "timestamp": "0x10", "gasLimit": "0x20"}


def ask(oddity, *, method: str = "eth_chainId", **options: Any) -> Any:
    with odd_node(oddity) as url:
        node = Node(url, **options)
        try:
            return node.call(method)
        finally:
            node.close()


def whole(answer: object) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "result": answer})


def test_an_answer_to_the_very_request_is_given():
    assert ask(answering(result="0x1")) == "0x1"
    assert ask(answering(result=None)) is None


@pytest.mark.parametrize(
    "oddity",
    [
        saying(json.dumps({"jsonrpc": "2.0", "id": 2, "result": "0x1"})),
        saying(json.dumps({"jsonrpc": "2.0", "id": "1", "result": "0x1"})),
        saying(json.dumps({"jsonrpc": "2.0", "result": "0x1"})),
        saying(json.dumps([{"jsonrpc": "2.0", "id": 1, "result": "0x1"}])),
        saying("null"),
        saying(""),
        saying("<html><body>Welcome to the hotel's network</body></html>"),
        saying(whole("0x1")[:-5]),
        saying(whole("0x1") + "}"),
        saying('{"id": 1, "result": ' + "[" * 5_000),
        saying(b'{"id": 1, "result": "\xff\xfe"}'),
        saying(b'{"id": 1, "result": "\\ud800"}'),
        saying('{"id": 1, "result": NaN}'),
        saying(whole("0x1"), "200 OK", "content-encoding: gzip"),
        saying("bad gateway", "502 Bad Gateway"),
        saying(whole("0x1"), "500 Internal Server Error"),
        saying("", "429 Too Many Requests"),
        saying("", "204 No Content"),
        answering(error="too many requests"),
        answering(error=[1, 2]),
        answering(error={}),
        answering(),
        lambda _: iter([b"not HTTP at all\r\n\r\n"]),
        lambda _: iter([b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"]),
        lambda _: iter([]),
    ],
)
def test_whatever_is_no_answer_says_that_the_chain_did_not_answer(oddity):
    with pytest.raises(ChainUnavailable, match=r"^eth_chainId: "):
        ask(oddity)


def test_a_redirect_is_not_followed():
    with odd_node(answering(result="0x1")) as elsewhere:
        moved = saying("", "307 Temporary Redirect", f"location: {elsewhere}")
        with pytest.raises(ChainUnavailable):
            ask(moved)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://no-such-host.invalid", "http://[bad", "gopher://x"]
)
def test_a_node_that_cannot_be_reached_did_not_answer(url):
    with pytest.raises(ChainUnavailable):
        Node(url).call("eth_chainId")


def test_a_refusal_of_the_node_keeps_its_words_and_its_data():
    error = {"code": 3, "message": "execution reverted", "data": "0x1234"}
    with pytest.raises(NodeRefused, match="eth_chainId: execution reverted") as refusal:
        ask(answering(error=error))
    assert (refusal.value.message, refusal.value.data) == ("execution reverted", "0x1234")


@pytest.mark.parametrize("details", [None, {"hex": "0x12"}, 7, ["0x12"]])
def test_data_of_another_form_is_left_away(details):
    with pytest.raises(NodeRefused) as refusal:
        ask(answering(error={"code": 3, "message": None, "data": details}))
    assert refusal.value.data is None


def seconds_until_silence(oddity, **options: Any) -> float:
    begun = time.monotonic()
    with pytest.raises(ChainUnavailable):
        ask(oddity, **options)
    return time.monotonic() - begun


def test_a_node_that_hangs_is_given_up_within_the_set_time():
    def hang(_: object) -> Iterator[bytes]:
        time.sleep(5)
        yield b""

    assert 0.2 <= seconds_until_silence(hang, timeout_seconds=0.2) < 2


def test_a_node_that_drips_is_given_up_too():
    def drip(_: object) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            time.sleep(0.02)
            yield b" "

    assert seconds_until_silence(drip, timeout_seconds=0.1) < 3


def test_an_answer_without_end_is_given_up():
    with pytest.raises(ChainUnavailable, match="more than 1000 bytes"):
        ask(saying(" " * 5000), max_bytes=1000)


def test_a_proxy_of_the_environment_does_not_come_between_us_and_this_machine(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert ask(answering(result="0x1")) == "0x1"


@pytest.mark.parametrize(
    "result",
    [
        None,
        "0x1",
        [],
        {},
        {**BLOCK, "number": None},
        {**BLOCK, "number": "one"},
        {**BLOCK, "hash": "0xzz"},
        {**BLOCK, "timestamp": 16},
    ],
)
def test_a_block_of_another_shape_is_no_block(result):
    with odd_node(answering(result=result)) as url, pytest.raises(ChainUnavailable):
        Node(url).block("latest")


def test_a_block_is_read_with_number_hash_and_time():
    with odd_node(answering(result=BLOCK)) as url:
        block = Node(url).block(1)
    assert (block.number, block.hash, block.timestamp) == (1, b"\xab" * 32, 16)


@pytest.mark.parametrize("read", [quantity, data])
@pytest.mark.parametrize("text", [None, 5, {}, "0xgg", "€", True])
def test_a_number_or_bytes_of_another_form_are_no_answer(read, text):
    with pytest.raises(ChainUnavailable, match="unexpected shape"):
        read(text)


def test_numbers_and_bytes_are_read():
    assert (quantity("0x1f"), data("0x00ff"), data("0x")) == (31, b"\x00\xff", b"")
