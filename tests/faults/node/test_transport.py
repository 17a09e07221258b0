"""F37a to F37p: what may befall a question on its way, and the answer on its way back."""

import socket

import pytest

from tests.faults.node.conftest import ends_well
from tests.faults.node.oracle import (
    NOTHING_WRONG,
    check,
    minted,
    nothing_final_that_is_not,
    reckon,
)
from tests.faults.node.test_fees_and_nonces import fields
from tests.faults.node.world import World
from tests.ports import free_port
from treering.chain.node import Node
from treering.errors import ChainUnavailable, TreeringError
from treering.flow.auditing.audit import audit

SEND = "eth_sendRawTransaction"
ACCEPTED = [
    pytest.param("drop_after", None, id="F37a answer lost after acceptance"),
    pytest.param("truncate", None, id="F37f truncated JSON"),
    pytest.param("dup", None, id="F37g forwarded twice"),
    pytest.param("wrong_id", None, id="F37i wrong JSON-RPC id"),
    pytest.param("error_after", "already known", id="F37j already known"),
    pytest.param("error_after", "nonce too low", id="F37j nonce too low"),
    pytest.param("null", None, id="no hash"),
]
NOT_ACCEPTED = [
    pytest.param("rst_before", None, id="F37b reset before"),
    pytest.param("hang", None, id="F37c hang"),
    pytest.param("http", 502, id="F37d 502"),
    pytest.param("http", (429, {"retry-after": "1"}), id="F37d 429"),
    pytest.param("garbage", None, id="F37e HTML with status 200"),
    pytest.param("blackhole", None, id="F37h a hash, and nothing sent"),
    pytest.param("error", "nonce too low", id="a lie: nonce too low"),
    pytest.param("error", "already known", id="a lie: already known"),
]
# Only a transaction has a hash to give without it being sent.
OF_ANY_QUESTION = [p for p in ACCEPTED + NOT_ACCEPTED if p.values[0] != "blackhole"]


def _be_impatient(world: World, mode: str) -> None:
    """Wait no longer than half a second for a node that hangs."""
    if mode == "hang":
        world.patience = 0.5
        world.start()


@pytest.mark.parametrize(("mode", "value"), ACCEPTED + NOT_ACCEPTED)
def test_f37_whatever_befalls_a_transaction_on_its_way_each_batch_has_one_nonce(
    world: World, mode, value
):
    world.sealed(3, 2)
    _be_impatient(world, mode)
    world.proxy.rule(SEND, mode, value, times=2)
    world.step()
    assert world.proxy.asked[SEND] <= 2, "no retry behind our back"
    ends_well(world)
    assert world.nonce() == 2
    assert {fields(raw)["nonce"] for raw in world.proxy.sent} == {0, 1}


@pytest.mark.parametrize(("mode", "value"), OF_ANY_QUESTION)
def test_f37_whatever_befalls_any_question_for_a_while_the_books_stay_right(
    world: World, mode, value
):
    _be_impatient(world, mode)
    world.proxy.rule("eth_(?!chainId).*", mode, value, times=5)
    world.sealed(3)
    for _ in range(3):
        world.turn()
        nothing_final_that_is_not(world)
    ends_well(world)
    assert world.nonce() == 1


def test_f37c_a_node_that_hangs_is_asked_once_by_each_step_of_the_worker(world: World):
    world.sealed(3)
    _be_impatient(world, "hang")
    world.proxy.rule(".*", "hang")
    before = world.proxy.asked.total()
    world.step()
    # Minting asks on where nobody can say what is final, for the newest block.
    assert world.proxy.asked.total() - before <= len(world.steps) + 1
    ends_well(world)


def test_f37k_receipts_that_never_come_do_not_keep_a_batch_from_being_final(world: World):
    world.proxy.rule("eth_getTransactionReceipt", "null")
    world.sealed(3, 2)
    world.settle()
    check(world)


def test_f37l_a_head_that_goes_back_makes_nothing_final_and_nothing_is_sent_anew(world: World):
    world.sealed(3, 2)
    world.turn(3)
    world.proxy.rule("eth_.*", "shift", -5, probability=0.5)
    for _ in range(8):
        world.turn()
        nothing_final_that_is_not(world)
    ends_well(world)
    assert {fields(raw)["nonce"] for raw in world.proxy.sent} == {0, 1}


def test_f37m_a_lie_about_our_nonce_creates_no_gap(world: World):
    world.sealed(3, 2)
    world.proxy.rule("eth_getTransactionCount", "shift", 3, times=3)
    for _ in range(4):
        world.turn()
    nothing_final_that_is_not(world)
    ends_well(world)
    assert reckon(world.chain, world.books(), world.acknowledged) == NOTHING_WRONG
    assert world.waiting() == 0


@pytest.mark.parametrize("which", ["wide", "all"])
def test_f37n_concealed_logs_are_noticed_by_the_auditor_and_mint_nothing_twice(
    world: World, which
):
    world.sealed(3, 2)
    world.proxy.rule("eth_getLogs", "drop_logs", which)
    for _ in range(8):
        world.turn()
        nothing_final_that_is_not(world)
    try:
        told: object = audit(Node(world.proxy.url), world.chain.contract).differences
    except TreeringError as error:
        told = error
    assert told, "counters of the contract tell what the logs do not"
    ends_well(world)
    assert world.nonce() == 2


def test_f37o_a_slow_node_with_errors_mixed_in_only_slows_us_down(world: World):
    world.proxy.rule("eth_.*", "delay", 0.02)
    world.proxy.rule("eth_.*", "error", "server busy", probability=0.05)
    world.sealed(3, 2, 1)
    world.settle()
    check(world)


@pytest.mark.parametrize("how", ["closed port", "dropped packets"])
def test_f37p_a_node_out_of_reach_is_silence_and_nothing_else(world: World, how):
    """Packets are dropped by a listener whose queue is full: the kernel answers no SYN."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1] if how == "dropped packets" else free_port()
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", full.getsockname()[1]))
        with pytest.raises(ChainUnavailable):
            Node(f"http://127.0.0.1:{port}", timeout_seconds=0.3).call("eth_chainId")
        for one in waiting:
            one.close()
    world.sealed(3)
    ends_well(world)


def test_f37_a_node_may_answer_an_array_in_any_order(world: World):
    world.proxy.shuffled = True
    world.sealed(3, 2)
    world.settle()
    check(world)
    assert [size for *_, size in minted(world.chain)] == [3, 2]
