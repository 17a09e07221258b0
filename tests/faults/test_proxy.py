"""The misbehaving proxy itself: each mode does what it says, seen from a plain HTTP client."""

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.chain_kit import Chain
from tests.faults.misbehaviour import MODES
from tests.faults.proxy import Proxy
from treering.chain.node import Node, quantity
from treering.domain.keccak import keccak
from treering.errors import ChainUnavailable, NodeRefused

CALL = {"jsonrpc": "2.0", "id": 7, "method": "eth_chainId", "params": []}
NUMBER = {"jsonrpc": "2.0", "id": 8, "method": "eth_blockNumber", "params": []}


@pytest.fixture
def proxy(chain: Chain) -> Iterator[Proxy]:
    with Proxy(chain.node.url) as running:
        yield running


def post(proxy: Proxy, body: object = CALL, timeout: float = 2.0) -> httpx.Response:
    with httpx.Client(trust_env=False, verify=False) as client:  # plain HTTP: no certificates
        return client.post(proxy.url, json=body, timeout=timeout)


def test_without_a_rule_it_tells_the_truth(proxy, chain):
    assert post(proxy).json()["result"] == chain.node.call("eth_chainId")
    assert Node(proxy.url).call("eth_chainId") == chain.node.call("eth_chainId")
    assert proxy.asked["eth_chainId"] == 2


def test_an_array_of_requests_is_an_array_of_answers_in_any_order(proxy):
    assert [answer["id"] for answer in post(proxy, [CALL, NUMBER]).json()] == [7, 8]
    proxy.shuffled = True
    assert [answer["id"] for answer in post(proxy, [CALL, NUMBER]).json()] == [8, 7]


def test_in_an_array_each_request_is_judged_alone(proxy):
    proxy.rule("eth_blockNumber", "error", "busy")
    right, wrong = post(proxy, [CALL, NUMBER]).json()
    assert "result" in right
    assert wrong["error"] == {"code": -32000, "message": "busy"}


def test_what_ends_the_connection_ends_the_whole_array(proxy):
    proxy.rule("eth_blockNumber", "drop_after")
    with pytest.raises(httpx.RemoteProtocolError):
        post(proxy, [NUMBER, CALL])
    assert proxy.asked == {"eth_blockNumber": 1, "eth_chainId": 1}


def test_a_rule_begins_at_the_nth_request_and_ends_after_so_many_times(proxy):
    proxy.rule("eth_.*", "null", nth=2, times=2)
    assert [post(proxy).json()["result"] is None for _ in range(5)] == [0, 1, 1, 0, 0]


def test_a_seed_repeats_the_dice(proxy, chain):
    def thrown(seed: int) -> list[bool]:
        with Proxy(chain.node.url, seed) as one:
            one.rule("eth_chainId", "null", probability=0.5)
            return [post(one).json()["result"] is None for _ in range(20)]

    assert thrown(1) == thrown(1)
    assert any(thrown(1))
    assert not all(thrown(1))


def test_rules_end_when_it_is_told_to_behave(proxy):
    proxy.rule("eth_chainId", "garbage")
    assert post(proxy).text.startswith("<html>")
    proxy.behave()
    assert post(proxy).json()["id"] == 7


@pytest.mark.parametrize("mode", ["drop_after", "rst_before"])
def test_a_broken_connection_is_seen_as_one(proxy, mode):
    proxy.rule("eth_chainId", mode)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        post(proxy)


def test_a_hanging_request_ends_with_the_askers_patience(proxy):
    proxy.rule("eth_chainId", "hang")
    with pytest.raises(httpx.ReadTimeout):
        post(proxy, timeout=0.1)


def test_an_http_status_comes_with_its_headers(proxy):
    proxy.rule("eth_chainId", "http", (429, {"retry-after": "3"}))
    answer = post(proxy)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")
    proxy.rule("eth_chainId", "http", 502)
    assert post(proxy).status_code == 502


def test_truncated_json_is_half_of_the_true_answer(proxy):
    proxy.rule("eth_chainId", "truncate")
    told = post(proxy).text
    assert told.startswith('{"jsonrpc"')
    assert not told.endswith("}")


def test_a_wrong_id_is_refused_by_our_client(proxy):
    proxy.rule("eth_chainId", "wrong_id")
    with pytest.raises(ChainUnavailable, match="another request"):
        Node(proxy.url).call("eth_chainId")


def test_a_black_hole_gives_the_hash_of_what_it_swallows(proxy, chain):
    proxy.rule("eth_sendRawTransaction", "blackhole")
    assert Node(proxy.url).call("eth_sendRawTransaction", "0x02") == "0x" + keccak(b"\2").hex()


def test_an_error_comes_before_or_after_the_act(proxy, chain):
    before = chain.node.block("latest").number
    for mode in ("error", "error_after"):
        proxy.rule("evm_mine", mode, "already known", times=1)
        with pytest.raises(NodeRefused, match="already known"):
            Node(proxy.url).call("evm_mine")
    assert chain.node.block("latest").number == before + 1


def test_a_request_may_be_passed_on_twice(proxy, chain):
    before = chain.node.block("latest").number
    proxy.rule("evm_mine", "dup")
    Node(proxy.url).call("evm_mine")
    assert chain.node.block("latest").number == before + 2


def test_a_shifted_node_is_behind_in_blocks_and_wrong_in_nonces(proxy, chain):
    chain.mine(7)
    proxy.rule("eth_getBlockByNumber|eth_blockNumber", "shift", -5)
    head = chain.node.block("latest").number
    assert Node(proxy.url).block("latest").number == head - 5
    assert Node(proxy.url).block(3) == chain.node.block(3)
    assert quantity(Node(proxy.url).call("eth_blockNumber")) == head - 5
    proxy.rule("eth_getTransactionCount", "shift", 3)
    admin = chain.account("admin").address
    true = quantity(chain.node.call("eth_getTransactionCount", admin, "latest"))
    told = quantity(Node(proxy.url).call("eth_getTransactionCount", admin, "latest"))
    assert told == true + 3


def test_logs_are_kept_back_from_wide_requests_or_from_all(proxy, chain):
    chain.open_lot()
    head = hex(chain.node.block("latest").number)
    wide = {"address": chain.contract, "fromBlock": "0x0", "toBlock": head}
    narrow = wide | {"fromBlock": head}
    proxy.rule("eth_getLogs", "drop_logs", "wide")
    assert Node(proxy.url).call("eth_getLogs", wide) == []
    assert Node(proxy.url).call("eth_getLogs", narrow) != []
    proxy.rule("eth_getLogs", "drop_logs", "all")
    assert Node(proxy.url).call("eth_getLogs", narrow) == []


def test_an_answer_may_come_late_or_changed(proxy):
    proxy.rule("eth_chainId", "delay", 0.05)
    proxy.rule("eth_chainId", "set", ("result", "0x3e7"))
    began = time.monotonic()
    assert Node(proxy.url).call("eth_chainId") == "0x3e7"
    assert time.monotonic() - began >= 0.05
    proxy.rule("eth_getBlockByNumber", "set", ("result.number", "0x1"))
    assert Node(proxy.url).block("latest").number == 1


def test_a_lie_is_made_of_the_true_answer(proxy, chain):
    proxy.rule("eth_chainId", "lie", lambda method, params, answer: answer | {"result": method})
    assert Node(proxy.url).call("eth_chainId") == "eth_chainId"


def test_a_true_node_that_is_gone_is_a_bad_gateway():
    with Proxy("http://127.0.0.1:9") as proxy:
        assert post(proxy).status_code == 502


def test_a_mode_that_does_not_exist_is_a_mistake_of_the_test(proxy):
    with pytest.raises(AssertionError):
        proxy.rule("eth_chainId", "misbehave")
    assert len(MODES) == 17
