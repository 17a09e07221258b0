"""Minting, with a real database and a real chain that mines when it is told to."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text
from structlog.testing import capture_logs

from tests.chain_kit import Chain
from tests.faults.proxy import Proxy
from tests.flow.conftest import NOW, WISH, Ticks
from treering.chain import abi, sender
from treering.chain.node import Node
from treering.chain.sender import Call
from treering.domain.batch import BatchState
from treering.domain.fees import GWEI, Fees
from treering.domain.flight import Attempt, Nonce
from treering.domain.record import lot_id, tree_id
from treering.errors import BatchMoved, ChainUnavailable, Diverged, WrongChain
from treering.flow.mint import Mint
from treering.flow.redeem import Desk
from treering.flow.seal import Sealer
from treering.flow.terms import Terms
from treering.store.batches import Batches
from treering.store.flights import Flights
from treering.store.transactions import Transactions

LOT = lot_id(1, 277)
GET = abi.call_data("predecessor")


@pytest.fixture
def sealed(desk: Desk, sealer: Sealer) -> None:
    """One sealed batch of five records."""
    desk.redeem("ANT_FOREST", "a", replace(WISH, count=5))
    assert sealer.seal_due() == 1


@pytest.fixture
def three(desk: Desk, sealer: Sealer) -> None:
    """Three sealed batches of one record each, of one lot."""
    for key in "abc":
        desk.redeem("ANT_FOREST", key, WISH)
        assert sealer.seal_due() == 1


def flights(engine: Engine, *states: BatchState):
    with engine.connect() as connection:
        return Flights(connection, "ANT_FOREST").in_state(*(states or BatchState))


def states(engine: Engine) -> list[BatchState]:
    return [flight.state for flight in flights(engine)]


def mint_to_the_end(mint: Mint, chain: Chain) -> None:
    for _ in range(10):
        mint.step()
        chain.mine()


def events(told: list) -> list[str]:
    return [entry["event"] for entry in told]


def minted(chain: Chain) -> int:
    facts = chain.ledger.at("latest").lot(LOT)
    assert facts
    return facts.minted


def with_node(mint: Mint, chain: Chain, url: str) -> Mint:
    """The same minter, over another address of the node."""
    ledger = type(chain.ledger)(Node(url), chain.contract)
    return replace(mint, chain=replace(mint.chain, ledger=ledger))


def pool(chain: Chain) -> dict:
    """The minter's transactions that wait, by nonce; queued ones lack a predecessor."""
    content = chain.node.call("txpool_content")
    address = chain.account("minter").address.lower()

    def mine(kind: str) -> dict:
        found = {a.lower(): txs for a, txs in content[kind].items()}.get(address, {})
        return {int(nonce): tx for nonce, tx in found.items()}

    return {"pending": mine("pending"), "queued": mine("queued")}


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


def attempt(nonce: int, batch: int) -> Attempt:
    return Attempt(
        nonce=Nonce(nonce),
        number=1,
        batch=batch,
        raw=b"raw",
        fees=Fees(1, 2),
        after_block=0,
        signed_at=NOW,
    )


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
