"""Two nodes of one chain, one of which fails: F37e, F37h, F37l and what two must agree on."""

import pytest

from tests.faults.node.conftest import ends_well
from tests.faults.node.oracle import check, nothing_final_that_is_not
from tests.faults.node.world import World


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
