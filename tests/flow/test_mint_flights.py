"""Minting with several in flight: gaps, fees, wallets, and blocks that are too small."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from tests.chain_kit import Chain
from tests.faults.proxy import Proxy
from tests.flow.conftest import WISH, Ticks
from tests.flow.minting import (
    LOT,
    events,
    flights,
    mint_to_the_end,
    minted,
    pool,
    states,
    with_node,
)
from treering.domain.batch import BatchState
from treering.domain.fees import GWEI
from treering.errors import WrongChain
from treering.flow.minting.mint import Mint
from treering.flow.minting.terms import Terms
from treering.store.batches import Batches


def test_batches_of_one_lot_fly_together_in_the_order_of_their_serials(
    three, mint: Mint, forest: Chain, engine
):
    mint.step()
    assert [flight.nonce for flight in flights(engine)] == [0, 1, 2]
    assert len(pool(forest)["pending"]) == 3
    forest.mine()
    mint.step()
    assert states(engine) == [BatchState.MINED] * 3
    forest.finalise()
    mint.step()
    assert states(engine) == [BatchState.FINAL] * 3
    assert minted(forest) == 3


def test_no_more_fly_at_once_than_the_terms_allow(three, mint: Mint, forest: Chain, engine):
    narrow = replace(mint, terms=Terms(in_flight=2))
    narrow.step()
    assert states(engine) == [BatchState.SIGNED, BatchState.SIGNED, BatchState.SEALED]
    assert narrow.step() is False
    mint_to_the_end(narrow, forest)
    assert states(engine) == [BatchState.FINAL] * 3


def test_what_the_pool_lost_is_sent_again_after_a_while(
    three, mint: Mint, forest: Chain, monotonic: Ticks
):
    mint.step()
    forest.node.call("anvil_dropAllTransactions")
    mint.step()
    assert pool(forest) == {"pending": {}, "queued": {}}
    monotonic.seconds += 5
    mint.step()
    assert sorted(pool(forest)["pending"]) == [0, 1, 2]


def test_a_gap_in_the_nonces_is_filled_by_a_transaction_that_does_nothing(
    three, mint: Mint, forest: Chain, engine
):
    with Proxy(forest.node.url) as proxy:  # which says that three nonces are used already
        proxy.rule("eth_getTransactionCount", "shift", value=3)
        with_node(mint, forest, proxy.url).step()
    assert sorted(pool(forest)["queued"]) == [3, 4, 5]
    mint.step()
    waiting = pool(forest)["pending"]
    minter = forest.account("minter").address.lower()
    assert [waiting[nonce]["to"].lower() == minter for nonce in range(6)] == 3 * [True] + 3 * [
        False
    ]
    mint_to_the_end(mint, forest)
    assert (states(engine), minted(forest)) == ([BatchState.FINAL] * 3, 3)


def test_a_nonce_that_nobody_flies_under_is_filled_with_what_was_signed_for_it(
    three, mint: Mint, forest: Chain, engine, monotonic: Ticks
):
    mint.step()
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE batches SET state = 'blocked', nonce = NULL WHERE nonce = 0")
        )
    forest.node.call("anvil_dropAllTransactions")
    monotonic.seconds += 5
    mint.step()
    assert sorted(pool(forest)["pending"]) == [0, 1, 2]
    mint_to_the_end(mint, forest)
    assert minted(forest) == 3


def test_an_offer_below_the_base_fee_is_raised_under_the_same_nonce(
    sealed, mint: Mint, forest: Chain, engine
):
    mint.step()
    (before,) = flights(engine)
    forest.node.call("anvil_dropAllTransactions")
    forest.node.call("anvil_setNextBlockBaseFeePerGas", hex(50 * GWEI))
    forest.mine()
    mint.step()
    (after,) = flights(engine)
    assert (after.nonce, after.bid.number) == (before.nonce, 2)
    assert after.bid.fees.cap * 8 >= before.bid.fees.cap * 9
    assert after.bid.fees.tip * 8 >= before.bid.fees.tip * 9
    mint_to_the_end(mint, forest)
    assert (states(engine), minted(forest)) == ([BatchState.FINAL], 5)


def test_what_waits_too_long_while_blocks_come_is_offered_more(
    sealed, mint: Mint, forest: Chain, engine, monotonic: Ticks
):
    mint.step()
    monotonic.seconds += 100
    mint.step()
    assert flights(engine)[0].bid.number == 1  # no blocks came: more money brings none
    forest.node.call("anvil_dropAllTransactions")
    forest.mine(3)
    mint.step()
    assert flights(engine)[0].bid.number == 2
    mint_to_the_end(mint, forest)
    assert minted(forest) == 5


def test_no_offer_is_above_the_ceiling(sealed, mint: Mint, forest: Chain, engine):
    modest = replace(mint, terms=Terms(ceiling=3 * GWEI))
    modest.step()
    forest.node.call("anvil_dropAllTransactions")
    forest.node.call("anvil_setNextBlockBaseFeePerGas", hex(50 * GWEI))
    forest.mine()
    with capture_logs() as told:
        for _ in range(3):
            modest.step()
    bid = flights(engine)[0].bid
    assert (bid.number, bid.fees.cap) == (2, 3 * GWEI)  # as much as it may be, and no more
    assert events(told).count("fee ceiling") == 1
    forest.node.call("anvil_setNextBlockBaseFeePerGas", hex(GWEI))
    forest.mine()
    modest.monotonic.seconds += 5
    mint_to_the_end(modest, forest)
    assert (states(engine), minted(forest)) == ([BatchState.FINAL], 5)


def test_nothing_is_signed_while_the_base_fee_is_above_the_ceiling(
    sealed, mint: Mint, forest: Chain, engine
):
    modest = replace(mint, terms=Terms(ceiling=3 * GWEI))
    forest.node.call("anvil_setNextBlockBaseFeePerGas", hex(50 * GWEI))
    forest.mine()
    with capture_logs() as told:
        assert modest.step() is False
    assert states(engine) == [BatchState.SEALED]
    assert events(told) == ["fee ceiling"]


def test_a_wallet_without_money_is_told_once_and_goes_on_when_it_is_filled(
    sealed, mint: Mint, forest: Chain, engine, monotonic: Ticks
):
    forest.node.call("anvil_setBalance", forest.account("minter").address, "0x0")
    with capture_logs() as told:
        for _ in range(4):
            mint.step()
            monotonic.seconds += 5
    assert states(engine) == [BatchState.SIGNED]
    assert events(told).count("insufficient funds") == 1
    forest.node.call("anvil_setBalance", forest.account("minter").address, hex(10**20))
    with capture_logs() as told:
        mint_to_the_end(mint, forest)
    assert (states(engine), minted(forest)) == ([BatchState.FINAL], 5)
    assert "goes on" in events(told)


def test_a_batch_too_big_for_a_block_is_halved_in_order(
    desk, sealer, mint: Mint, forest: Chain, engine
):
    desk.redeem("ANT_FOREST", "many", replace(WISH, count=1000))
    sealer.seal_due()
    forest.node.call("evm_setBlockGasLimit", hex(mint.chain.gas_of(300)))
    forest.mine()
    for _ in range(20):
        mint.step()
        forest.mine()
    found = flights(engine)
    assert {flight.state for flight in found} == {BatchState.FINAL}
    assert [flight.count for flight in found] == [250] * 4
    assert minted(forest) == 1000


def test_a_signed_batch_that_no_block_can_hold_any_more_is_freed_of_its_nonce_and_halved(
    desk, sealer, mint: Mint, forest: Chain, engine
):
    desk.redeem("ANT_FOREST", "many", replace(WISH, count=1000))
    sealer.seal_due()
    mint.step()
    forest.node.call("anvil_dropAllTransactions")
    forest.node.call("evm_setBlockGasLimit", hex(mint.chain.gas_of(600)))
    forest.mine()
    for _ in range(20):
        mint.step()
        forest.mine()
    found = flights(engine)
    assert {flight.state for flight in found} == {BatchState.FINAL}
    assert [flight.count for flight in found] == [500] * 2
    assert minted(forest) == 1000


def test_a_block_that_cannot_hold_one_record_is_told(sealed, mint: Mint, forest: Chain, engine):
    forest.node.call("evm_setBlockGasLimit", hex(100_000))
    forest.mine()
    for _ in range(6):
        mint.step()
    blocked = flights(engine, BatchState.BLOCKED)
    assert [flight.reason for flight in blocked] == ["no block of 100000 gas can hold one record"]


def test_a_batch_that_stands_already_is_taken_up_though_our_books_forgot_it(
    sealed, mint: Mint, forest: Chain, engine
):
    with engine.connect() as connection:
        (flight,) = flights(engine)
        holders = Batches(connection).get(flight.batch).holders
    forest.mint(LOT, 0, holders)
    mint_to_the_end(mint, forest)
    assert (states(engine), minted(forest)) == ([BatchState.FINAL], 5)


def test_a_node_of_another_chain_is_refused_before_anything_is_signed(
    sealed, mint: Mint, forest: Chain, engine
):
    with Proxy(forest.node.url) as proxy:
        proxy.rule("eth_chainId", "set", value=("result", "0x3e7"))
        with pytest.raises(WrongChain, match="chain 999, not 31337"):
            with_node(mint, forest, proxy.url).step()
    assert states(engine) == [BatchState.SEALED]


def test_a_final_receipt_without_a_root_is_waited_for(sealed, mint: Mint, forest: Chain, engine):
    """A node that does not agree with itself decides nothing."""
    mint.step()
    forest.finalise()
    with Proxy(forest.node.url) as proxy:
        proxy.rule("eth_call", "set", value=("result", "0x" + "00" * 32))
        forgetful = with_node(mint, forest, proxy.url)
        assert forgetful.step() is False
    assert states(engine) == [BatchState.SIGNED]


def test_nothing_to_do_asks_no_node(engine, mint: Mint, example):
    assert replace(mint, chain=None).step() is False
