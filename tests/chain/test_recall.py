"""A memory of one block: what a node has told of it is not asked again."""

from collections.abc import Iterator

import pytest

from tests.chain_kit import Chain
from tests.faults.proxy import Proxy
from treering.chain.ledger import Ledger, LedgerAt
from treering.chain.node import Node
from treering.chain.recall import CARRIED, OF_USE_SECONDS, Recalled
from treering.domain.record import LotId, TreeId, tree_id
from treering.domain.recount.events import Reason
from treering.domain.stage import Stage
from treering.errors import ChainUnavailable


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def lot(chain: Chain) -> LotId:
    lot = chain.open_lot(endorsed=10)
    chain.mint(lot, 0, b"\7" * 60)
    chain.finalise()
    return lot


@pytest.fixture
def proxy(chain: Chain) -> Iterator[Proxy]:
    with Proxy(chain.node.url) as proxy:
        yield proxy


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def world(chain: Chain, proxy: Proxy, lot: LotId, seconds: Seconds) -> LedgerAt:
    ledger = Ledger(Node(proxy.url), chain.contract)
    final = ledger.final_block()
    return LedgerAt(Recalled(ledger.node, final, now=seconds), chain.contract, final)


def later(world: LedgerAt) -> LedgerAt:
    """The world at the block that is final by now."""
    assert isinstance(world.node, Recalled)
    final = world.node._node.block("finalized")
    return LedgerAt(world.node.at(final), world.contract, final)


def revoked(chain: Chain, tree: TreeId) -> None:
    chain.act("revoker", "revoke", [tree], Reason.FRAUD)
    chain.finalise()


def test_a_view_is_asked_once(world, proxy: Proxy, lot):
    first = world.lot(lot), world.root_of(lot, 0), world.status(tree_id(lot, 1))
    asked = proxy.asked["eth_call"]
    assert (world.lot(lot), world.root_of(lot, 0), world.status(tree_id(lot, 1))) == first
    assert proxy.asked["eth_call"] == asked == 4


def test_logs_are_asked_for_once_and_the_block_of_one_each_time(world, proxy: Proxy, lot, chain):
    revoked(chain, tree_id(lot, 0))
    world = later(world)
    when = world.revoked_at(tree_id(lot, 0))
    assert when == world.revoked_at(tree_id(lot, 0)) is not None
    assert proxy.asked["eth_getLogs"] == 1


def test_what_is_no_view_is_passed_on(world, proxy: Proxy):
    assert world.balance("0x" + "0" * 40) == world.balance("0x" + "0" * 40)
    assert proxy.asked["eth_getBalance"] == 2


def test_at_a_later_block_what_may_have_changed_is_known_anew_without_another_question(
    world, proxy: Proxy, chain: Chain, lot
):
    tree = tree_id(lot, 1)
    assert (world.status(tree).revoked, world.lot(lot).surveyed) == (0, None)
    revoked(chain, tree)
    chain.state(lot, Stage.ACCEPTANCE, 2)
    chain.finalise()
    new = later(world)
    asked = proxy.asked["eth_call"]
    assert new.status(tree).revoked == Reason.FRAUD
    assert (new.lot(lot).accepted, new.lot(lot).deficit) == (2, 1)
    assert proxy.asked["eth_call"] == asked
    assert world.status(tree).revoked == 0  # the older one still tells of its block


def test_a_root_is_known_for_good_and_its_absence_is_not(world, proxy: Proxy, chain: Chain, lot):
    assert (world.root_of(lot, 3), any(world.root_of(lot, 0))) == (None, True)
    chain.mint(lot, 3, b"\7" * 20)
    chain.finalise()
    asked = proxy.asked["eth_call"]
    new = later(world)
    assert proxy.asked["eth_call"] == asked + 1
    assert new.root_of(lot, 3) is not None
    proxy.rule("eth_call", "http", 503)
    assert later(new).root_of(lot, 0) == world.root_of(lot, 0)


def test_what_was_of_no_use_for_a_minute_is_forgotten(world, proxy: Proxy, chain, lot, seconds):
    world.status(tree_id(lot, 0))
    seconds.now = OF_USE_SECONDS / 2
    world.status(tree_id(lot, 1))
    seconds.now = OF_USE_SECONDS
    chain.finalise()
    asked = proxy.asked["eth_call"]
    new = later(world)
    assert proxy.asked["eth_call"] == asked + 1
    new.status(tree_id(lot, 1))
    assert proxy.asked["eth_call"] == asked + 1
    new.status(tree_id(lot, 0))
    assert proxy.asked["eth_call"] == asked + 2


@pytest.mark.parametrize(("mode", "value"), [("http", 413), ("error", "batch too large")])
def test_a_node_that_takes_no_such_exchange_is_asked_when_somebody_wants_to_know(
    world, proxy: Proxy, chain: Chain, lot, mode, value
):
    tree = tree_id(lot, 1)
    world.status(tree)
    revoked(chain, tree)
    proxy.rule("eth_call", mode, value, times=1)
    assert later(world).status(tree).revoked == Reason.FRAUD


def test_a_node_that_is_not_well_is_not_asked_and_what_it_told_is_known(chain: Chain, lot):
    well = True
    final = chain.ledger.final_block()
    node = Recalled(chain.node, final, lambda: well)
    world = LedgerAt(node, chain.contract, final)
    told = world.status(tree_id(lot, 0))
    well = False
    assert world.status(tree_id(lot, 0)) == told
    with pytest.raises(ChainUnavailable, match="silent just now"):
        world.status(tree_id(lot, 1))


def test_no_more_is_kept_than_there_is_room_for(chain: Chain, lot):
    with Proxy(chain.node.url) as proxy:
        final = chain.ledger.final_block()
        world = LedgerAt(Recalled(Node(proxy.url), final, room=3), chain.contract, final)
        for serial in (0, 1, 2, 0, 3, 0):
            world.status(tree_id(lot, serial))
        assert proxy.asked["eth_call"] == 4
        world.status(tree_id(lot, 1))
        assert proxy.asked["eth_call"] == 5


def test_so_many_views_are_asked_anew_in_a_few_exchanges(chain: Chain, lot):
    with Proxy(chain.node.url) as proxy:
        node, final = Node(proxy.url), chain.ledger.final_block()
        world = LedgerAt(Recalled(node, final), chain.contract, final)
        for serial in range(CARRIED + 1):
            world.status(tree_id(lot, serial))
        chain.finalise()
        before = proxy.asked["eth_call"]
        new = later(world)
        assert proxy.asked["eth_call"] == before + CARRIED
        assert not new.status(tree_id(lot, CARRIED)).is_minted
        assert proxy.asked["eth_call"] == before + CARRIED
