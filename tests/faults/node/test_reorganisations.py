"""F20 to F24: blocks that vanish or change, and transactions that are dropped."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.faults.node.conftest import ends_well
from tests.faults.node.oracle import check, minted, nothing_final_that_is_not
from tests.faults.node.world import World
from treering.domain.keccak import keccak
from treering.errors import Diverged


def test_f00_without_a_fault_the_harness_ends_well(world: World):
    world.sealed(3, 1, 4)
    world.settle()
    check(world)
    assert [size for *_, size in minted(world.chain)] == [3, 1, 4]


@pytest.mark.parametrize("depth", [1, 2, 8, 31, 64])
def test_f20_a_reorganisation_drops_our_transactions_and_the_same_bytes_go_out_again(
    public_world: World, depth
):
    world = public_world
    world.sealed(3, 2)
    world.turn(depth)
    world.step()
    assert "mined" in world.states()
    before = set(world.proxy.sent)
    world.call("anvil_reorg", depth, [])
    assert (world.waiting(), minted(world.chain, "latest")) == (0, [])
    world.step()
    assert "mined" not in world.states()
    nothing_final_that_is_not(world)
    ends_well(world)
    assert set(world.proxy.sent) >= before
    assert world.nonce() == 2


@pytest.mark.parametrize("depth", [1, 2])
def test_f20_a_reorganisation_leaves_alone_what_is_final(world: World, depth):
    world.sealed(3)
    world.settle()
    world.sealed(2)
    world.turn(depth)
    world.step()
    world.call("anvil_reorg", depth, [])
    world.step()
    assert [entry.state for entry in world.books()] == ["final", "signed"]
    ends_well(world)


def test_f21_a_transaction_that_comes_back_in_a_later_block_is_noted_there(public_world: World):
    world = public_world
    world.sealed(3)
    world.turn(3)
    world.step()
    (raw,) = set(world.proxy.sent)
    before = _block(world)
    world.call("anvil_reorg", 3, [["0x" + raw.hex(), 1]])
    world.step()
    assert world.states() == {"mined"}
    assert _block(world) == before + 1
    ends_well(world)
    assert world.nonce() == 1


def test_f21_a_foreign_transaction_under_our_nonce_makes_us_sign_anew_once_it_is_final(
    world: World, capfd
):
    world.sealed(3)
    world.turn()
    world.step()
    foreign = world.foreign(nonce=0)
    world.call("anvil_reorg", 1, [["0x" + foreign.hex(), 0]])
    world.step()
    assert world.states() <= {"signed"}, "its block may vanish too"
    nothing_final_that_is_not(world)
    ends_well(world)
    assert world.nonce() == 2
    assert "foreign transaction" in capfd.readouterr().out


def test_f22_a_reorganisation_deeper_than_finality_stops_us_and_nothing_is_minted_again(
    world: World,
):
    world.sealed(3)
    world.settle()
    world.chain.mine(5)
    world.call("anvil_reorg", _since_the_mint(world), [])
    assert minted(world.chain, "latest") == []
    sent = len(world.proxy.sent)
    with pytest.raises(Diverged):
        world.work(6)
    with pytest.raises(Diverged):
        world.start()
    assert len(world.proxy.sent) == sent
    assert minted(world.chain, "latest") == []
    assert "was final as" in str(world.parts.service.halted()), "every page says so"
    world.parts.accept_chain()  # a person has looked
    world.start()
    ends_well(world)


def test_f22_our_own_chain_may_lose_its_end_and_gets_back_what_it_lost(world: World):
    world.embedded = True
    world.start()
    world.sealed(3)
    world.settle()
    world.chain.mine(5)
    world.call("anvil_rollback", _since_the_mint(world))
    assert minted(world.chain, "latest") == []
    world.step()
    assert world.states() != {"final"}
    ends_well(world)


@pytest.mark.parametrize("how", ["rollback", "revert"])
def test_f23_a_chain_that_is_set_back_is_noticed_and_the_same_bytes_go_out_again(
    world: World, how
):
    world.sealed(3)
    world.step()
    snapshot = world.call("evm_snapshot")
    world.chain.mine(2)
    world.step()
    assert world.states() == {"mined"}
    if how == "rollback":
        world.call("anvil_rollback", 2)
    else:
        world.call("evm_revert", snapshot)
    world.call("anvil_dropAllTransactions")
    world.step()
    assert world.states() == {"signed"}
    ends_well(world)
    assert len(set(world.proxy.sent)) == world.nonce() == 1


def _one(world: World) -> None:
    (raw, *_) = world.proxy.sent
    world.call("anvil_dropTransaction", "0x" + keccak(raw).hex())


def _all(world: World) -> None:
    world.call("anvil_dropAllTransactions")


def _ours(world: World) -> None:
    world.call("anvil_removePoolTransactions", world.minter.address)


@pytest.mark.parametrize("drop", [_one, _all, _ours])
def test_f24_a_transaction_dropped_from_the_pool_is_sent_again_from_its_stored_bytes(
    world: World, drop: Callable[[World], None]
):
    world.sealed(3, 2)
    world.step()
    drop(world)
    ends_well(world)
    assert world.nonce() == 2
    assert len(set(world.proxy.sent)) == 2


def _since_the_mint(world: World) -> int:
    """How many blocks hold the newest batch and all that came after it."""
    return world.chain.node.block("latest").number - _block(world) + 1


def _block(world: World) -> int:
    with world.engine.connect() as connection:
        return connection.execute(text("SELECT max(block_number) FROM batches")).scalar_one()
