"""The process follows the newest final block, and never answers from what may be out of date."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest

from tests.chain_kit import Chain
from tests.faults.misbehaviour import with_id
from tests.faults.proxy import Proxy
from tests.flow.conftest import Ticks
from treering.chain.ledger import Ledger
from treering.chain.node import Node
from treering.chain.nodes import node_at
from treering.domain.record import LotId, tree_id
from treering.domain.recount.events import Reason
from treering.errors import ChainUnavailable
from treering.flow.remembering.pursue import LIMIT, Follower


@pytest.fixture
def lot(chain: Chain) -> LotId:
    lot = chain.open_lot(endorsed=100)
    chain.mint(lot, 0, b"\7" * 60)
    chain.finalise()
    return lot


@pytest.fixture
def proxy(chain: Chain, lot: LotId) -> Iterator[Proxy]:
    with Proxy(chain.node.url) as proxy:
        yield proxy


@pytest.fixture
def ticks() -> Ticks:
    return Ticks(1000.0)


@pytest.fixture
def follower(chain: Chain, proxy: Proxy, ticks: Ticks) -> Follower:
    return Follower(Ledger(Node(proxy.url, timeout_seconds=0.3), chain.contract), ticks)


def says(proxy: Proxy, block: Any) -> None:
    """The node says that this is the newest final block, and tells the truth of all others."""

    def lie(_method: str, params: list[Any], answer: Any) -> Any:
        return with_id(answer, result=block) if params[0] == "finalized" else answer

    proxy.rule("eth_getBlockByNumber", "lie", lie)


def fails(follower: Follower) -> None:
    with pytest.raises(ChainUnavailable):
        follower.step()


def revoke(chain: Chain, lot: LotId, serial: int = 0) -> None:
    chain.act("revoker", "revoke", [tree_id(lot, serial)], Reason.FRAUD)


def test_while_nobody_follows_the_node_is_asked_each_time(follower, proxy: Proxy, lot):
    assert follower.mark() is None
    assert [any(follower.at("finalized").root_of(lot, 0)) for _ in range(2)] == [True, True]
    assert (proxy.asked["eth_call"], proxy.asked["eth_getBlockByNumber"]) == (2, 2)


def test_once_it_is_followed_what_is_known_is_answered_without_the_node(follower, proxy, lot):
    follower.step()
    root = follower.at("finalized").root_of(lot, 0)
    asked = proxy.asked.total()
    assert follower.at("finalized").root_of(lot, 0) == root
    assert proxy.asked.total() == asked


def test_the_newest_block_is_asked_for_each_time(follower, chain: Chain):
    follower.step()
    chain.mine()
    assert follower.at("latest").height == chain.node.block("latest").number


def test_a_revocation_is_seen_one_look_after_it_is_final_and_not_before(follower, chain, lot):
    tree = tree_id(lot, 0)
    follower.step()
    assert follower.at("finalized").status(tree).revoked == 0
    mark = follower.mark()
    revoke(chain, lot)
    follower.step()
    assert follower.at("finalized").status(tree).revoked == 0
    chain.finalise()
    follower.step()
    assert follower.at("finalized").status(tree).revoked == Reason.FRAUD
    assert follower.mark() != mark


def test_a_reorganisation_of_what_is_not_final_changes_nothing(follower, chain: Chain, lot):
    follower.step()
    revoke(chain, lot)
    chain.node.call("anvil_reorg", 1, [])
    follower.step()
    chain.finalise()
    follower.step()
    assert follower.at("finalized").status(tree_id(lot, 0)).revoked == 0


def test_while_the_same_block_stays_the_newest_answers_stay_the_same(follower, proxy, ticks):
    follower.step()
    mark = follower.mark()
    ticks.seconds += LIMIT - 1
    follower.step()
    ticks.seconds += LIMIT - 1
    assert follower.mark() == mark
    assert proxy.asked["eth_getBlockByNumber"] == 2


@pytest.mark.parametrize(
    ("mode", "value"),
    [("hang", 1), ("http", 502), ("garbage", None), ("rst_before", None), ("error", "not synced")],
)
def test_a_node_that_gives_no_answer_is_believed_for_a_while_and_no_longer(
    follower, proxy: Proxy, ticks: Ticks, lot, mode, value
):
    follower.step()
    known = follower.at("finalized").status(tree_id(lot, 0))
    proxy.rule(".*", mode, value)
    with pytest.raises(Exception, match="eth_getBlockByNumber"):
        follower.step()
    ticks.seconds += LIMIT - 0.1
    assert follower.at("finalized").status(tree_id(lot, 0)) == known
    with pytest.raises(ChainUnavailable, match="silent just now"):  # nobody else waits for it
        follower.at("finalized").status(tree_id(lot, 1))
    ticks.seconds += 0.1
    with pytest.raises(ChainUnavailable, match="said nothing for 10 s"):
        follower.at("finalized")
    assert follower.mark() < 0
    proxy.behave()
    follower.step()
    assert follower.at("finalized").status(tree_id(lot, 0)) == known
    assert follower.mark() > 0


def test_a_node_that_never_answered_leaves_everything_unknown(follower, proxy: Proxy):
    proxy.rule(".*", "http", 502)
    fails(follower)
    with pytest.raises(ChainUnavailable):
        follower.at("finalized")
    assert follower.mark() < 0


def test_the_time_of_a_slow_answer_counts_from_the_question(follower, chain: Chain, ticks: Ticks):
    look = follower.ledger.final_block

    class Slow(Ledger):
        def final_block(self):
            ticks.seconds += LIMIT
            return look()

    follower.ledger = Slow(chain.node, chain.contract)
    follower.step()
    with pytest.raises(ChainUnavailable):
        follower.at("finalized")


def test_while_a_look_waits_for_the_node_nobody_else_does(follower, proxy, lot, ticks):
    follower.step()
    proxy.rule("eth_getBlockByNumber", "hang", 0.25)
    looks = Thread(target=fails, args=(follower,))
    looks.start()
    while not proxy.asked["eth_getBlockByNumber"] > 1:
        pass
    ticks.seconds += 2
    with pytest.raises(ChainUnavailable, match="silent just now"):
        follower.at("finalized").status(tree_id(lot, 0))
    looks.join()


def test_a_node_that_falls_behind_is_not_believed_until_it_has_caught_up(
    follower, proxy: Proxy, chain: Chain, ticks: Ticks, lot
):
    before = chain.node.call("eth_getBlockByNumber", "finalized", False)
    revoke(chain, lot)
    chain.finalise()
    follower.step()
    height = follower.at("finalized").height
    says(proxy, before)
    fails(follower)
    assert follower.at("finalized").height == height
    ticks.seconds += LIMIT
    with pytest.raises(ChainUnavailable):
        follower.at("finalized")
    follower.step()  # as a process does that begins now
    assert follower.at("finalized").height < height


def test_a_chain_that_took_back_a_final_block_is_known_anew(follower, chain: Chain, lot):
    before = chain.node.call("evm_snapshot")
    revoke(chain, lot)
    chain.finalise()
    follower.step()
    assert follower.at("finalized").status(tree_id(lot, 0)).revoked
    mark, height = follower.mark(), follower.at("finalized").height
    chain.node.call("evm_revert", before)
    chain.mine(12)
    follower.step()
    world = follower.at("finalized")
    assert world.height > height
    assert not world.status(tree_id(lot, 0)).revoked
    assert follower.mark() != mark


def test_another_block_in_the_place_of_the_final_one_is_known_anew(follower, proxy, chain):
    follower.step()
    other = chain.node.call("eth_getBlockByNumber", "finalized", False)
    says(proxy, {**other, "hash": "0x" + "5" * 64})
    mark = follower.mark()
    follower.step()
    assert follower.mark() != mark
    assert follower.at("finalized").block.hash == b"\x55" * 32


def test_where_there_are_two_nodes_both_must_say_what_is_final(chain: Chain, lot, ticks: Ticks):
    with Proxy(chain.node.url) as one, Proxy(chain.node.url) as two:
        node = node_at(f"{one.url},{two.url}", timeout_seconds=0.3)
        follower = Follower(Ledger(node, chain.contract), ticks)
        follower.step()
        height = follower.at("finalized").height
        alone = two.rule("eth_getBlockByNumber", "http", 502)
        revoke(chain, lot)
        chain.finalise()
        fails(follower)
        assert alone.hit
        assert follower.at("finalized").height == height
        ticks.seconds += LIMIT
        with pytest.raises(ChainUnavailable):
            follower.at("finalized")


def test_what_our_books_call_final_is_looked_for_at_once(follower, proxy, chain: Chain, lot):
    follower.step()
    chain.mint(lot, 3, b"\7" * 20)
    chain.finalise()
    wanted = chain.ledger.final_block().number
    follower.reach(wanted)
    asked = proxy.asked.total()
    assert follower.at("finalized").height == wanted
    follower.reach(wanted)
    assert proxy.asked.total() == asked


def test_a_silent_node_is_not_asked_for_it(follower, proxy: Proxy, ticks, lot):
    follower.reach(10**6)
    assert not proxy.asked
    follower.step()
    proxy.rule("eth_getBlockByNumber", "http", 502)
    follower.reach(10**6)
    asked = proxy.asked.total()
    follower.reach(10**6)
    assert proxy.asked.total() == asked


def test_whoever_comes_while_a_look_is_under_way_waits_for_it(follower, proxy, chain, lot):
    follower.step()
    chain.mine(5)
    wanted = chain.ledger.final_block().number
    proxy.rule("eth_getBlockByNumber", "delay", 0.2, times=1)
    comers = [Thread(target=follower.reach, args=(wanted,)) for _ in range(5)]
    asked = proxy.asked["eth_getBlockByNumber"]
    for comer in comers:
        comer.start()
    for comer in comers:
        comer.join()
    assert follower.at("finalized").height == wanted
    assert proxy.asked["eth_getBlockByNumber"] == asked + 2  # the new one, and the old one's hash


def test_whoever_comes_while_the_node_hangs_does_not_wait_for_long(follower, proxy, chain, lot):
    follower.step()
    chain.mine(5)
    follower._lock.acquire()
    height = follower.at("finalized").height
    follower.reach(height + 5)
    follower._lock.release()
    assert follower.at("finalized").height == height
