"""Books and chain held against each other, and what was final once watched."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from tests.chain_kit import Chain
from tests.flow.conftest import WISH, Clock
from tests.flow.minting import flights, mint_to_the_end, minted, states
from treering.chain.node import Block
from treering.chain.now import LedgerNow
from treering.domain.batch import BatchState
from treering.domain.record import LotId, lot_id
from treering.errors import ChainUnavailable, Diverged
from treering.flow.minting.mint import Mint
from treering.flow.minting.recover import Recovery
from treering.flow.minting.watch import Watch
from treering.flow.redeeming.halt import Halt
from treering.store import identity
from treering.store.transactions import Transactions

LOT = lot_id(1, 277)


@pytest.fixture
def sealed(desk, sealer) -> None:
    """Two sealed batches, of five records and of one."""
    for key, count in (("a", 5), ("b", 1)):
        desk.redeem("ANT_FOREST", key, replace(WISH, count=count))
        assert sealer.seal_due() == 1


def recovery(engine: Engine, chain: Chain, *, embedded: bool) -> Recovery:
    minter = bytes.fromhex(chain.account("minter").address[2:])
    return Recovery(engine, LedgerNow(chain.ledger), {"ANT_FOREST": minter}, embedded)


def watch(engine: Engine, chain: Chain, clock: Clock, *, embedded: bool) -> Watch:
    recover = recovery(engine, chain, embedded=embedded).run
    return Watch(engine, LedgerNow(chain.ledger), embedded, recover, clock)


def test_what_an_embedded_chain_lost_is_named_and_minted_again_once(
    sealed, mint: Mint, forest: Chain, engine
):
    before = forest.node.call("evm_snapshot")
    mint_to_the_end(mint, forest)
    forest.node.call("evm_revert", before)
    lost = recovery(engine, forest, embedded=True).run()
    assert [(flight.lot, flight.first_serial, flight.count) for flight in lost] == [
        (LOT, 0, 5),
        (LOT, 5, 1),
    ]
    assert recovery(engine, forest, embedded=True).run() == []
    mint_to_the_end(mint, forest)
    assert states(engine) == [BatchState.FINAL] * 2
    assert minted(forest) == 6


def test_what_an_embedded_chain_lost_waits_for_its_minters_key(
    sealed, mint: Mint, forest: Chain, engine
):
    before = forest.node.call("evm_snapshot")
    mint_to_the_end(mint, forest)
    forest.node.call("evm_revert", before)
    keyless = replace(recovery(engine, forest, embedded=True), minters={"ANT_FOREST": None})
    assert len(keyless.run()) == 2
    assert states(engine) == [BatchState.FINAL] * 2, "as it was"
    forest.mine(9)
    with pytest.raises(Diverged):
        replace(keyless, may_mint_again=False).run()


def test_what_flew_when_an_embedded_chain_lost_its_end_is_signed_anew_too(
    desk, sealer, sealed, mint: Mint, forest: Chain, engine
):
    before = forest.node.call("evm_snapshot")
    mint_to_the_end(mint, forest)
    desk.redeem("ANT_FOREST", "c", WISH)
    sealer.seal_due()
    mint.step()
    forest.node.call("anvil_dropAllTransactions")
    forest.node.call("evm_revert", before)
    recovery(engine, forest, embedded=True).run()
    assert states(engine) == [BatchState.SEALED] * 3
    with engine.connect() as connection:
        assert Transactions(connection, mint.chain.address).newest_nonce() is None
    mint_to_the_end(mint, forest)
    assert (states(engine), minted(forest)) == ([BatchState.FINAL] * 3, 7)


def test_any_other_chain_that_loses_a_final_batch_stops_the_worker(
    sealed, mint: Mint, forest: Chain, engine
):
    before = forest.node.call("evm_snapshot")
    mint_to_the_end(mint, forest)
    forest.node.call("evm_revert", before)
    with pytest.raises(ChainUnavailable, match="it lags, or its chain was cut"):
        recovery(engine, forest, embedded=False).run()
    forest.mine(9)
    with pytest.raises(Diverged, match=r"lost a final batch: lot \d+, serials 0 to 4"):
        recovery(engine, forest, embedded=False).run()
    assert len(recovery(engine, forest, embedded=False).with_permission().run()) == 2


def test_books_from_an_old_backup_stop_the_worker(forest: Chain, engine, desk):
    forest.mint(LOT, 0, b"\x07" * 20)
    with pytest.raises(Diverged, match="the chain has 1 records, our books 0"):
        recovery(engine, forest, embedded=True).run()


def test_what_another_worker_mints_while_books_and_chain_are_compared_stops_nobody(
    desk, sealer, sealed, mint: Mint, forest: Chain, engine
):
    mint_to_the_end(mint, forest)

    class Busy(LedgerNow):
        """Whenever it is asked, another worker has sealed and minted one more record."""

        def minted(self, lot: LotId) -> int:
            if lot == LOT:
                desk.redeem("ANT_FOREST", "meanwhile", WISH)
                assert sealer.seal_due() == 1
                mint_to_the_end(mint, forest)
            return super().minted(lot)

    assert replace(recovery(engine, forest, embedded=False), chain=Busy(forest.ledger)).run() == []
    assert minted(forest) == 7


def test_another_root_under_a_final_batch_stops_the_worker(
    sealed, mint: Mint, forest: Chain, engine
):
    before = forest.node.call("evm_snapshot")
    mint_to_the_end(mint, forest)
    forest.node.call("evm_revert", before)
    forest.mint(LOT, 0, b"\x07" * 20 * 5)
    forest.mint(LOT, 5, b"\x07" * 20)
    with pytest.raises(Diverged, match="the chain holds root"):
        recovery(engine, forest, embedded=True).run()


def test_with_books_and_chain_agreeing_nothing_is_lost(sealed, mint, forest, engine):
    mint_to_the_end(mint, forest)
    assert recovery(engine, forest, embedded=False).run() == []


def test_a_chain_that_keeps_its_word_is_watched_in_silence(parts, forest: Chain, engine, clock):
    guard = watch(engine, forest, clock, embedded=False)
    for _ in range(2):
        assert guard.step() is False  # the second time, nothing new is final
    forest.mine(3)
    guard.step()
    with engine.connect() as connection:
        number, block_hash = identity.final_seen(connection)
    assert forest.node.block(number).hash == block_hash
    assert number == forest.node.block("finalized").number


def test_another_block_where_one_was_final_halts_everything_and_says_since_when(
    parts, forest: Chain, engine, clock
):
    guard = watch(engine, forest, clock, embedded=False)
    guard.step()
    forest.node.call("anvil_reorg", 5, [])
    with pytest.raises(Diverged, match=r"block \d+ was final as 0x"):
        guard.step()
    with engine.connect() as connection:
        since, why = identity.halted(connection)
    assert (since, "was final" in why) == (clock(), True)
    with pytest.raises(Diverged, match="halted since 2026-11-22 08:00 UTC"):
        Halt(engine).insist()
    parts.accept_chain()
    Halt(engine).insist()


def test_an_embedded_chain_that_lost_its_end_is_minted_again_from_there(
    sealed, parts, mint: Mint, forest: Chain, engine, clock
):
    guard = watch(engine, forest, clock, embedded=True)
    before = forest.node.call("evm_snapshot")
    mint_to_the_end(mint, forest)
    guard.step()
    forest.node.call("evm_revert", before)
    guard.step()
    assert states(engine) == [BatchState.SEALED] * 2
    mint_to_the_end(mint, forest)
    assert (states(engine), minted(forest)) == ([BatchState.FINAL] * 2, 6)


def test_a_node_that_only_lags_is_waited_for(parts, forest: Chain, engine, clock):
    with engine.begin() as connection:
        identity.keep_final(connection, 10**6, b"\1" * 32)
    guard = watch(engine, forest, clock, embedded=False)
    assert guard.step() is False
    with engine.connect() as connection:
        assert identity.final_seen(connection) == (10**6, b"\1" * 32)
        assert identity.halted(connection) is None


def test_parts_take_up_what_an_embedded_chain_made_anew_has_lost(
    sealed, parts, mint: Mint, forest: Chain, engine
):
    parts.keys.account("minter-ANT_FOREST")
    ours = replace(parts, embedded=True)
    with engine.begin() as connection:
        chain_id, _, contract, code_hash = identity.pinned(connection)
        identity.pin(connection, (chain_id, b"\2" * 32, contract, code_hash), parts.clock())
    before = forest.node.call("evm_snapshot")
    mint_to_the_end(mint, forest)
    forest.node.call("evm_revert", before)
    ours.check_identity()
    assert states(engine) == [BatchState.SEALED] * 2
    ours.watch.step()
    assert ours.watch.recover() == []
    assert flights(engine, BatchState.FINAL) == []


def test_blocks_are_compared_by_what_the_node_says_of_them(parts, forest: Chain):
    now = LedgerNow(forest.ledger)
    assert isinstance(now.block(1), Block)
    assert now.newest_block().number >= now.final_block().number
