"""Several nodes as one: what one does not say, another does; what is final, two must say."""

import json
from collections.abc import Iterator

import pytest

from tests.chain_kit import Chain
from tests.fakes.odd_node import odd_node
from tests.faults.misbehaviour import with_id
from tests.faults.proxy import Proxy
from tests.ports import free_port
from treering.chain import nodes, sender
from treering.chain.node import Node, quantity
from treering.chain.nodes import Nodes, node_at
from treering.chain.sender import Call
from treering.errors import ChainUnavailable, NodeRefused, WrongChain


@pytest.fixture
def first(anvil: Node) -> Iterator[Proxy]:
    with Proxy(anvil.url) as proxy:
        yield proxy


@pytest.fixture
def second(anvil: Node) -> Iterator[Proxy]:
    with Proxy(anvil.url) as proxy:
        yield proxy


@pytest.fixture
def both(first: Proxy, second: Proxy) -> Nodes:
    node = node_at(f"{first.url}, {second.url}", timeout_seconds=0.3)
    assert isinstance(node, Nodes)
    return node


def test_one_address_is_one_node(anvil: Node):
    assert not isinstance(node_at(anvil.url), Nodes)


def test_its_name_holds_no_key_of_a_provider():
    assert node_at("https://node.example/v3/secret-key").name == "node.example"
    assert node_at("https://user:secret@node.example:8545/").name == "node.example:8545"


@pytest.mark.parametrize(
    ("mode", "value"), [("hang", 0.6), ("http", 502), ("garbage", None), ("rst_before", None)]
)
def test_when_one_falls_silent_the_other_answers_and_the_silent_one_rests(
    both: Nodes, first: Proxy, anvil: Node, mode, value
):
    first.rule(".*", mode, value)
    for _ in range(3):
        assert both.call("eth_chainId") == anvil.call("eth_chainId")
    assert first.asked.total() == 1
    assert both.calls([("eth_chainId",)]) == [anvil.call("eth_chainId")]


def test_a_node_that_is_well_again_is_asked_again(
    both: Nodes, first: Proxy, monkeypatch: pytest.MonkeyPatch
):
    first.rule(".*", "http", 502, times=1)
    now = 0.0
    monkeypatch.setattr(nodes, "_now", lambda: now)
    both.call("eth_chainId")
    now = 5.0
    both.call("eth_chainId")
    assert first.asked.total() == 2


def test_when_none_answers_that_is_said(first: Proxy):
    first.rule(".*", "http", 502)
    node = node_at(f"{first.url},http://127.0.0.1:{free_port()}")
    with pytest.raises(ChainUnavailable, match="no node answers"):
        node.call("eth_chainId")
    with pytest.raises(ChainUnavailable, match="no node answers"):
        node.call("eth_sendRawTransaction", "0x00")
    node.close()


def test_what_is_sent_goes_to_all_since_one_may_swallow_it(
    both: Nodes, first: Proxy, second: Proxy, chain: Chain
):
    first.rule("eth_sendRawTransaction", "blackhole")
    call = Call(chain.account("x").address, b"")
    raw = sender.sign(chain.node, chain.account("x"), call, nonce=0)
    both.call("eth_sendRawTransaction", "0x" + raw.hex())
    chain.mine()
    assert quantity(sender.wait_for(chain.node, sender.keccak(raw))["status"]) == 1


def test_a_refusal_by_all_is_a_refusal(both: Nodes, first: Proxy):
    first.rule("eth_sendRawTransaction", "hang", 0.6)
    with pytest.raises(NodeRefused):
        both.call("eth_sendRawTransaction", "0x00")


def test_the_contracts_own_no_is_not_asked_of_another_node(
    both: Nodes, first: Proxy, second: Proxy
):
    first.rule("eth_call", "error", "execution reverted")
    with pytest.raises(NodeRefused, match="execution reverted"):
        both.call("eth_call", {}, "latest")
    assert second.asked["eth_call"] == 0


def test_a_node_that_lacks_a_block_is_passed_over(both: Nodes, first: Proxy, anvil: Node):
    first.rule("eth_getBalance", "error", "header not found")
    address = "0x" + "11" * 20
    assert both.call("eth_getBalance", address, "latest") == "0x0"
    with pytest.raises(NodeRefused, match="not found"):
        both.call("eth_getBalance", address, {"blockHash": "0x" + "22" * 32})


def test_a_node_whose_head_is_far_behind_is_passed_over(
    both: Nodes, first: Proxy, second: Proxy, chain: Chain
):
    chain.mine(10)
    head = both.block("latest").number
    first.rule("eth_getBlockByNumber", "shift", -6)
    assert both.block("latest").number == head
    second.rule("eth_getBlockByNumber", "shift", -6)
    with pytest.raises(ChainUnavailable, match="no node answers"):
        both.block("latest")
    assert both.block("latest").number == head - 6  # the chain itself may have gone back
    assert both.block(head).number == head - 0


def ours(anvil: Node) -> tuple[int, bytes]:
    return quantity(anvil.call("eth_chainId")), anvil.block(0).hash


@pytest.mark.parametrize(
    "rule",
    [
        ("eth_chainId", "set", ("result", "0x3e7")),
        ("eth_getBlockByNumber", "set", ("result.hash", "0x" + "77" * 32)),
    ],
)
def test_a_node_of_another_chain_is_never_asked_while_there_is_one_of_ours(
    both: Nodes, first: Proxy, second: Proxy, anvil: Node, rule, monkeypatch
):
    first.rule(*rule)
    now = 0.0
    monkeypatch.setattr(nodes, "_now", lambda: now)
    both.belong_to(ours(anvil))
    assert both.block("latest").number == anvil.block("latest").number
    assert both.call("eth_getBalance", "0x" + "11" * 20, "latest") == "0x0"
    with pytest.raises(ChainUnavailable, match="two nodes must agree"):
        both.final_block()
    with pytest.raises(NodeRefused):
        both.call("eth_sendRawTransaction", "0x00")
    assert set(first.asked) == {"eth_chainId", "eth_getBlockByNumber"}
    second.rule(".*", "rst_before")
    with pytest.raises(ChainUnavailable, match="no node answers"):
        both.call("eth_gasPrice")
    assert first.asked["eth_gasPrice"] == 0
    first.behave()
    now = 100.0
    assert both.call("eth_gasPrice") == anvil.call("eth_gasPrice")


def test_nodes_that_are_all_of_another_chain_are_refused_as_such(
    both: Nodes, first: Proxy, second: Proxy, anvil: Node
):
    both.belong_to(ours(anvil))
    both.call("eth_gasPrice")
    for proxy in (first, second):
        proxy.rule("eth_chainId", "set", ("result", "0x3e7"))
    both.belong_to(ours(anvil))
    for ask in (lambda: both.call("eth_gasPrice"), lambda: both.block("latest")):
        with pytest.raises(WrongChain, match="is a node of chain 999 that began with 0x"):
            ask()


def test_what_is_final_two_nodes_must_say(both: Nodes, first: Proxy, second: Proxy, chain: Chain):
    chain.mine(10)
    final = chain.node.block("finalized")
    assert both.final_block() == final
    first.rule("eth_getBlockByNumber", "shift", -3)
    assert both.final_block().number == final.number - 3
    first.rule("eth_getBlockByNumber", "set", ("result.hash", "0x" + "77" * 32))
    with pytest.raises(ChainUnavailable, match="no two nodes agree"):
        both.final_block()
    first.rule("eth_getBlockByNumber", "error", "no such tag")
    with pytest.raises(ChainUnavailable, match="two nodes must agree"):
        both.final_block()
    first.rule("eth_getBlockByNumber", "http", 502)
    with pytest.raises(ChainUnavailable, match="two nodes must agree"):
        both.final_block()


def test_what_two_nodes_answer_differently_nobody_leans_on(
    both: Nodes, first: Proxy, second: Proxy, anvil: Node
):
    asked = [("eth_chainId",), ("net_version",)]
    said = anvil.calls(asked)
    assert both.undisputed([]) == []
    assert both.undisputed(asked) == said
    second.rule(".*", "set", ("result", "0x999"))
    with pytest.raises(ChainUnavailable, match="contradict each other"):
        both.undisputed(asked)
    second.rule(".*", "rst_before")
    assert both.undisputed(asked) == said
    first.rule(".*", "rst_before")
    with pytest.raises(ChainUnavailable, match="no node answers"):
        both.undisputed(asked)


def test_a_second_node_that_falls_silent_over_the_hash_does_not_agree(
    both: Nodes, first: Proxy, second: Proxy, chain: Chain
):
    chain.mine(10)
    for proxy in (first, second):
        proxy.rule("eth_getBlockByNumber", "http", 502, nth=2)
    with pytest.raises(ChainUnavailable, match="no two nodes agree"):
        both.final_block()


def test_confirmations_count_only_where_the_network_has_no_word_for_final(chain: Chain):
    chain.mine(10)
    head = chain.node.block("latest").number
    with Proxy(chain.node.url) as proxy:
        node = Node(proxy.url)
        assert node.final_block(confirmations=7) == chain.node.block("finalized")
        refuses = "unsupported tag"
        proxy.rule("eth_getBlockByNumber", "lie", _no_word(refuses))
        assert node.final_block(confirmations=7).number == head - 7
        with pytest.raises(NodeRefused, match=refuses):
            node.final_block()


def _no_word(message: str):
    def lie(_method, params, answer):
        if params[0] != "finalized":
            return answer
        return with_id(answer, error={"code": -32000, "message": message})

    return lie


def test_a_node_that_asks_for_a_pause_gets_it(first: Proxy):
    first.rule(".*", "http", (429, {"Retry-After": "30"}), times=1)
    node = node_at(first.url)
    for why in ("429", "a moment ago"):
        with pytest.raises(ChainUnavailable, match=why):
            node.call("eth_chainId")
    first.rule(".*", "http", (503, {"Retry-After": "tomorrow"}), times=1)
    other = node_at(first.url)
    with pytest.raises(ChainUnavailable, match="503"):
        other.call("eth_chainId")
    other.call("eth_chainId")


def test_many_requests_are_one_exchange(first: Proxy, chain: Chain):
    node = Node(first.url)
    first.shuffled = True
    wanted = [("eth_getBlockByNumber", hex(n), False) for n in range(3)]
    assert [quantity(block["number"]) for block in node.calls(wanted)] == [0, 1, 2]
    assert node.calls([]) == []


def test_a_node_that_knows_no_arrays_is_asked_one_by_one(anvil: Node):
    true_answers = {"eth_chainId": "0x7a69", "eth_blockNumber": "0x5"}

    def oddity(request):
        one = with_id({"id": None}, error={"code": -32600, "message": "no batches"})
        if isinstance(request, dict):
            one = with_id(request, result=true_answers[request["method"]])
        body = json.dumps(one).encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        yield head.encode() + body

    with odd_node(oddity) as url:
        assert Node(url).calls([("eth_chainId",), ("eth_blockNumber",)]) == ["0x7a69", "0x5"]


def test_an_array_with_an_answer_missing_is_no_answer(first: Proxy):
    first.rule("eth_blockNumber", "wrong_id")
    with pytest.raises(ChainUnavailable, match="another request"):
        Node(first.url).calls([("eth_chainId",), ("eth_blockNumber",)])
