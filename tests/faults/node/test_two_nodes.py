"""Two nodes of one chain, one of which fails: F35, F37e, F37h, F37l and what two must agree on."""

import pytest

from tests.faults.node.conftest import ends_well
from tests.faults.node.oracle import check, nothing_final_that_is_not
from tests.faults.node.world import World
from treering.errors import ChainUnavailable


@pytest.mark.parametrize("which", [0, 1])
def test_f37e_what_one_node_answers_in_html_the_other_answers_rightly(two_nodes: World, which):
    world = two_nodes
    world.sealed(3, 2)
    world.proxies[which].rule("eth_(?!getBlockByNumber).*", "garbage")
    world.settle()
    check(world)


def test_f37h_what_a_black_hole_swallows_the_second_node_has(two_nodes: World):
    world = two_nodes
    world.proxy.rule("eth_sendRawTransaction", "blackhole")
    world.sealed(3, 2)
    world.settle()
    check(world)
    assert world.nonce() == 2


def test_f37l_a_node_that_lags_behind_is_passed_over_and_nothing_is_sent_anew(two_nodes: World):
    world = two_nodes
    world.sealed(3, 2)
    world.turn(8)
    world.proxy.rule("eth_.*", "shift", -6)
    world.settle()
    check(world)
    assert world.nonce() == 2


def test_f36_what_only_one_node_calls_final_is_not(two_nodes: World):
    world = two_nodes
    world.sealed(3)
    world.proxies[1].rule("eth_getBlockByNumber", "set", ("result.hash", "0x" + "07" * 32))
    for _ in range(5):
        world.turn()
    assert "final" not in world.states()
    nothing_final_that_is_not(world)
    ends_well(world)


@pytest.mark.parametrize("liar", [0, 1])
def test_f36_a_root_that_one_node_tells_otherwise_is_not_final(two_nodes: World, liar):
    """Under a hash that both call final: it is the state that one of them invents."""
    world = two_nodes
    world.sealed(3)
    for _ in range(2):
        world.turn()
    world.proxies[liar].rule("eth_call", "set", ("result", "0x" + "00" * 32))
    for _ in range(5):
        world.turn()
    assert "final" not in world.states()
    nothing_final_that_is_not(world)
    ends_well(world)


@pytest.mark.parametrize("restarted", [False, True])
def test_f36_while_the_second_node_is_silent_nothing_becomes_final_and_minting_goes_on(
    two_nodes: World, restarted
):
    world = two_nodes
    world.sealed(3)
    world.proxies[1].rule(".*", "rst_before")
    if restarted:
        world.start()
    for _ in range(5):
        world.turn()
    assert world.states() == {"mined"}
    ends_well(world)


@pytest.mark.parametrize("behind", [-6, -40])
def test_f37l_a_worker_that_starts_while_a_node_lags_far_behind_halts_nothing(
    two_nodes: World, behind
):
    world = two_nodes
    world.mine(40)
    world.sealed(3, 2)
    world.settle()
    world.turn(4)
    world.proxy.rule("eth_.*", "shift", behind)
    world.start()
    world.sealed(4)
    for _ in range(3):
        world.turn()
    assert {entry.state for entry in world.books()[2:]} == {"mined"}
    ends_well(world)


def test_f37l_a_worker_whose_only_node_lags_waits_for_it_and_halts_nothing(world: World):
    world.mine(40)
    world.sealed(3, 2)
    world.settle()
    world.turn(4)
    world.proxy.rule("eth_.*", "shift", -30)
    with pytest.raises(ChainUnavailable, match=r"head \d+ is behind block \d+, which was final"):
        world.start()
    world.redeem()
    world.proxy.behave()
    world.start()
    world.seal()
    ends_well(world)


@pytest.mark.parametrize("restarted", [False, True])
def test_f35_one_node_of_another_chain_keeps_the_other_from_nothing(two_nodes: World, restarted):
    world = two_nodes
    world.sealed(3)
    world.proxy.rule("eth_chainId", "set", ("result", "0x3e7"))
    if restarted:
        world.start()
    else:
        world.pass_by(10)  # until the worker looks whose node it is once more
    for _ in range(5):
        world.turn()
    assert world.states() == {"mined"}
    assert not world.proxy.sent
    ends_well(world)
