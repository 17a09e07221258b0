"""F28, and the worst hour of a nonce: our ledger and the chain count differently."""

from sqlalchemy import text

from tests.chain_kit import account
from tests.faults.node import weak
from tests.faults.node.conftest import NewWorld, ends_well
from tests.faults.node.oracle import NOTHING_WRONG, reckon
from tests.faults.node.test_fees_and_nonces import fields
from tests.faults.node.world import World
from treering.domain.keccak import keccak

GWEI = 10**9


def book(world: World, nonce: int) -> None:
    """Put a signed, empty transaction into the nonce ledger that no node has ever seen."""
    raw = world.foreign(nonce)
    row = {
        "minter": bytes.fromhex(world.minter.address[2:]),
        "nonce": nonce,
        "digest": keccak(raw),
        "raw": raw,
        "now": world.now,
    }
    statement = "INSERT INTO transactions VALUES (:minter, :nonce, 1, NULL, :digest, :raw, "
    with world.engine.begin() as connection:
        connection.execute(text(f"{statement} {400 * GWEI}, {500 * GWEI}, 0, :now, :now)"), row)


def test_f28_a_ledger_that_ran_ahead_of_the_chain_is_caught_up_with_empty_transactions(
    world: World,
):
    book(world, 2)
    world.sealed(3, 1)
    ends_well(world)
    assert world.nonce() == 5
    assert sorted({fields(raw)["nonce"] for raw in world.proxy.sent}) == [0, 1, 2, 3, 4]


def test_f28_a_ledger_full_of_transactions_that_were_never_broadcast_is_sent_after_all(
    world: World,
):
    for nonce in range(3):
        book(world, nonce)
    world.sealed(3, 1)
    ends_well(world)
    assert world.nonce() == 5


def test_f28_a_ledger_that_knows_of_no_transaction_goes_on_where_the_chain_stands(world: World):
    for _ in range(3):
        world.hand_over(world.foreign())
        world.mine()
    world.sealed(3, 1)
    ends_well(world)
    assert world.nonce() == 5


def test_f37m_a_nonce_lie_and_a_block_between_look_and_send_mint_nothing_twice(
    new_world: NewWorld,
):
    """On the weakened contract, where a second mint would go through."""
    creation = weak.creation(account("admin").address)
    with new_world(creation=creation) as world:
        world.sealed(3)
        world.step()

        def mined_meanwhile(method, params, answer):
            world.mine()
            return answer

        world.proxy.rule("eth_getTransactionCount", "shift", 3, times=2)
        world.proxy.rule("eth_getTransactionReceipt", "lie", mined_meanwhile, times=1)
        world.pass_by(60)
        world.step()
        assert world.proxy.asked["eth_sendRawTransaction"] == 2, "it was tried, and refused"
        world.proxy.behave()
        world.settle()
        assert reckon(world.chain, world.books(), world.acknowledged) == NOTHING_WRONG
        assert world.nonce() == 1
