"""Minting, with a real database and a real chain that mines when it is told to."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from tests.chain_kit import Chain
from tests.faults.proxy import Proxy
from tests.flow.conftest import Ticks
from tests.flow.minting import (
    GET,
    LOT,
    attempt,
    events,
    flights,
    mint_to_the_end,
    minted,
    pool,
    states,
    with_node,
)
from treering.chain import sender
from treering.chain.sender import Call
from treering.domain.batch import BatchState
from treering.domain.record import tree_id
from treering.errors import BatchMoved, ChainUnavailable, Diverged
from treering.flow.minting.mint import Mint
from treering.flow.minting.terms import Terms
from treering.store.batches import Batches
from treering.store.transactions import Transactions


def test_a_sealed_batch_becomes_final_with_the_root_that_we_computed(
    sealed, mint: Mint, forest: Chain, engine
):
    mint_to_the_end(mint, forest)
    with engine.connect() as connection:
        (flight,) = flights(engine, BatchState.FINAL)
        batch = Batches(connection).of_tree(tree_id(LOT, 4))
        assert batch == Batches(connection).get(flight.batch)
        assert Batches(connection).of_tree(tree_id(LOT, 5)) is None
    assert forest.ledger.at("finalized").root_of(LOT, 0) == batch.root
    assert minted(forest) == 5
    assert mint.step() is False


def test_a_batch_is_not_final_before_its_block_is(sealed, mint: Mint, forest: Chain, engine):
    mint.step()
    assert states(engine) == [BatchState.SIGNED]
    forest.mine()
    assert mint.step()
    assert states(engine) == [BatchState.MINED]
    assert mint.step() is False
    forest.mine()
    mint.step()
    assert states(engine) == [BatchState.MINED]
    forest.mine()
    mint.step()
    assert states(engine) == [BatchState.FINAL]


def test_the_bytes_of_a_final_batch_are_thrown_away_and_its_transaction_stays_known(
    sealed, mint: Mint, forest: Chain, engine
):
    mint_to_the_end(mint, forest)
    (flight,) = flights(engine)
    assert flight.bid is not None
    assert flight.inclusion.transaction == flight.bid.digest
    with engine.connect() as connection:
        books = Transactions(connection, mint.chain.address)
        assert books.raw([(flight.nonce, 1)]) == {}
        sent = connection.execute(text("SELECT sent_at FROM transactions")).scalar_one()
    assert sent == mint.clock()


@pytest.mark.parametrize("mode", ["rst_before", "drop_after"])
def test_a_lost_connection_neither_loses_nor_doubles_a_batch(
    sealed, mint: Mint, forest: Chain, engine, mode
):
    with Proxy(forest.node.url) as proxy:
        lossy = with_node(mint, forest, proxy.url)
        proxy.rule("eth_sendRawTransaction", mode, times=1)
        with pytest.raises(ChainUnavailable):
            lossy.step()
    assert states(engine) == [BatchState.SIGNED]
    mint_to_the_end(mint, forest)
    assert states(engine) == [BatchState.FINAL]
    assert minted(forest) == 5


def test_a_block_that_vanishes_takes_the_batch_back_and_the_same_bytes_go_out_again(
    sealed, mint: Mint, forest: Chain, engine
):
    mint.step()
    forest.mine()
    mint.step()
    (before,) = flights(engine, BatchState.MINED)
    forest.node.call("anvil_reorg", 1, [])
    mint.step()
    (after,) = flights(engine, BatchState.SIGNED)
    assert after.bid == before.bid
    mint_to_the_end(mint, forest)
    assert states(engine) == [BatchState.FINAL]
    assert minted(forest) == 5


def test_a_block_that_comes_back_elsewhere_is_noted(sealed, mint: Mint, forest: Chain, engine):
    mint.step()
    forest.mine()
    mint.step()
    (before,) = flights(engine, BatchState.MINED)
    with engine.connect() as connection:
        raws = Transactions(connection, mint.chain.address).raw([(before.nonce, 1)])
    raw = "0x" + raws[before.nonce, 1].hex()
    # Another transaction beside it makes another block of the same time.
    other = sender.sign(forest.node, forest.account("x"), Call(forest.contract, GET), nonce=0)
    forest.node.call("anvil_reorg", 1, [[raw, 0], ["0x" + other.hex(), 0]])
    mint.step()
    (after,) = flights(engine, BatchState.MINED)
    assert after.inclusion != before.inclusion


def test_a_nonce_taken_by_a_stranger_is_signed_anew_when_that_is_final(
    sealed, mint: Mint, forest: Chain, engine
):
    mint.step()
    forest.node.call("anvil_dropAllTransactions")
    forest.act("minter", "nonceOf", forest.account("inspector").address)
    mint.step()
    assert states(engine) == [BatchState.SIGNED]  # that block may still vanish
    forest.finalise()
    with capture_logs() as told:
        mint.step()
        mint.step()  # the first only asks the node once more
    assert "foreign transaction" in events(told)
    assert states(engine) == [BatchState.SEALED]
    mint_to_the_end(mint, forest)
    assert states(engine) == [BatchState.FINAL]
    assert minted(forest) == 5


def test_a_count_that_lies_is_not_believed_while_the_node_takes_the_bytes(
    sealed, mint: Mint, forest: Chain, engine
):
    mint.step()
    with Proxy(forest.node.url) as proxy:
        proxy.rule("eth_getTransactionCount", "shift", value=3)
        lied_to = with_node(mint, forest, proxy.url)
        for _ in range(3):
            lied_to.step()
    (flight,) = flights(engine)
    assert (flight.state, flight.bid.number) == (BatchState.SIGNED, 1)
    mint_to_the_end(mint, forest)
    assert (states(engine), minted(forest)) == ([BatchState.FINAL], 5)


def test_what_the_contract_refuses_waits_with_its_words_and_goes_on_when_it_would_be_taken(
    three, mint: Mint, forest: Chain, engine, monotonic: Ticks
):
    forest.act("pauser", "pause")
    assert mint.step()
    (blocked,) = flights(engine, BatchState.BLOCKED)
    assert blocked.reason == "EnforcedPause()"
    assert mint.step() is False
    monotonic.seconds += 60
    assert mint.step() is False  # still refused, and no fee was paid for asking
    forest.act("pauser", "unpause")
    monotonic.seconds += 60
    mint_to_the_end(mint, forest)
    assert states(engine) == [BatchState.FINAL] * 3
    assert minted(forest) == 3


def test_a_transaction_that_reverts_in_its_block_is_blocked_with_the_contracts_words(
    three, mint: Mint, forest: Chain, engine, monotonic: Ticks
):
    mint.step()
    forest.node.call("anvil_dropAllTransactions")
    forest.act("pauser", "pause")
    monotonic.seconds += 60
    mint.step()
    forest.finalise()
    for _ in range(3):
        mint.step()
    assert states(engine) == [BatchState.BLOCKED, BatchState.SEALED, BatchState.SEALED]
    assert flights(engine)[0].reason == "EnforcedPause()"
    forest.act("pauser", "unpause")
    monotonic.seconds += 60
    mint_to_the_end(mint, forest)
    assert states(engine) == [BatchState.FINAL] * 3


def test_a_batch_that_reverts_again_and_again_waits_for_a_person(
    sealed, mint: Mint, forest: Chain, engine, monotonic: Ticks
):
    burning = replace(mint, terms=Terms(most_nonces=2))
    for _ in range(2):
        burning.step()
        forest.node.call("anvil_dropAllTransactions")
        forest.act("pauser", "pause")
        monotonic.seconds += 60
        burning.step()
        forest.finalise()
        forest.act("pauser", "unpause")
        burning.step()
    burning.step()
    (blocked,) = flights(engine, BatchState.BLOCKED)
    assert blocked.reason == "signed under 2 nonces in vain"


def test_another_root_where_ours_should_stand_stops_minting(sealed, mint: Mint, forest: Chain):
    mint.step()
    forest.node.call("anvil_dropAllTransactions")
    forest.mint(LOT, 0, b"\x07" * 20)
    with pytest.raises(Diverged):
        mint.step()


def test_of_two_workers_that_sign_the_same_batch_one_throws_its_bytes_away(
    sealed, mint: Mint, forest: Chain, engine
):
    heads = flights(engine)
    horizon = mint.chain.horizon()
    mint.step()
    with pytest.raises(BatchMoved, match="nonce 0 was signed by another worker"):
        mint._launch._store([(heads[0], attempt(nonce=0, batch=heads[0].batch))])
    with pytest.raises(BatchMoved, match="no longer sealed"):
        mint._launch._store([(heads[0], attempt(nonce=1, batch=heads[0].batch))])
    assert mint._launch.run(heads, [], horizon) is False  # none of the lot is sealed any more
    assert len(pool(forest)["pending"]) == 1


def test_what_the_minting_of_a_final_batch_has_cost_is_told(sealed, mint: Mint, forest: Chain):
    before = forest.ledger.at("latest").balance(forest.account("minter").address)
    with capture_logs() as logs:
        mint_to_the_end(mint, forest)
    (paid,) = [log for log in logs if log["event"] == "gas paid"]
    after = forest.ledger.at("latest").balance(forest.account("minter").address)
    assert before - after == paid["wei"] > paid["gas"] > 21_000
    assert paid["programme"] == "ANT_FOREST"


@pytest.mark.parametrize(("mode", "value"), [("http", 502), ("null", None), ("error", "no")])
def test_a_cost_that_the_node_does_not_tell_holds_up_nothing(
    sealed, mint: Mint, forest: Chain, engine, mode, value
):
    with Proxy(forest.node.url) as proxy, capture_logs() as logs:
        proxy.rule("eth_getTransactionReceipt", mode, value)
        mint_to_the_end(with_node(mint, forest, proxy.url), forest)
    assert states(engine) == [BatchState.FINAL]
    assert "gas paid" not in events(logs)


def test_bytes_are_told_as_sent_once_and_then_as_sent_again(
    sealed, mint: Mint, forest: Chain, monotonic: Ticks
):
    with capture_logs() as logs:
        mint.step()
        monotonic.seconds += mint.terms.resend_seconds
        mint.step()
    sent = [log["again"] for log in logs if log["event"] == "transaction sent"]
    assert sent == [False, True]
