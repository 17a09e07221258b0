"""Sealing and minting, with a real database and a real chain."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from tests.chain_kit import Chain
from tests.flow.conftest import WISH, Clock
from treering.chain import abi, sender
from treering.chain.sender import Call
from treering.domain.batch import BatchState
from treering.domain.record import lot_id, tree_id
from treering.errors import BatchMoved, ChainUnavailable, Diverged
from treering.flow.mint import Mint
from treering.flow.recover import Recovery
from treering.flow.redeem import Desk
from treering.flow.seal import Sealer
from treering.store.batches import Batches

LOT = lot_id(1, 277)
GET = abi.call_data("predecessor")


@pytest.fixture
def sealed(desk: Desk, sealer: Sealer) -> None:
    """One sealed batch of five records."""
    desk.redeem("ANT_FOREST", "a", replace(WISH, count=5))
    assert sealer.seal_due() == 1


def states(engine: Engine) -> list[BatchState]:
    with engine.connect() as connection:
        return [batch.state for batch in Batches(connection).in_state(*BatchState)]


def mint_to_the_end(mint: Mint, chain: Chain) -> None:
    for _ in range(10):
        mint.step()
        chain.mine()


def minted(chain: Chain) -> int:
    facts = chain.ledger.at("latest").lot(LOT)
    assert facts
    return facts.minted


def test_a_batch_waits_until_its_oldest_record_has_waited_enough(desk, sealer, clock: Clock):
    patient = replace(sealer, patience=timedelta(minutes=10))
    desk.redeem("ANT_FOREST", "a", WISH)
    assert patient.seal_due() == 0
    clock.pass_by(timedelta(minutes=10))
    assert patient.seal_due() == 1


def test_a_full_batch_is_sealed_at_once_and_cuts_a_redemption_in_two(desk, sealer, engine):
    patient = replace(sealer, patience=timedelta(days=1))
    desk.redeem("ANT_FOREST", "a", replace(WISH, count=5000))
    assert patient.seal_due() == 1
    assert patient.seal_due() == 0
    assert sealer.seal_due() == 1
    with engine.connect() as connection:
        batches = Batches(connection).in_state(BatchState.SEALED)
    assert [(batch.first_serial, batch.count) for batch in batches] == [(0, 4096), (4096, 904)]


def test_two_workers_that_seal_the_same_lot_make_one_batch(desk, sealer, engine):
    desk.redeem("ANT_FOREST", "a", WISH)
    with engine.connect() as connection:
        connection.execute(text("UPDATE lots SET sealed = 0 WHERE id = :lot"), {"lot": LOT})
    assert sealer.seal_due() == 1
    with pytest.raises(BatchMoved):
        sealer._seal(LOT, 0, 1)


def test_a_sealed_batch_becomes_final_with_the_root_that_we_computed(
    sealed, mint: Mint, forest: Chain, engine
):
    mint_to_the_end(mint, forest)
    with engine.connect() as connection:
        (batch,) = Batches(connection).in_state(BatchState.FINAL)
        assert Batches(connection).of_tree(tree_id(LOT, 4)) == batch
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


@pytest.mark.parametrize("reached", [False, True], ids=["request lost", "answer lost"])
def test_a_lost_connection_neither_loses_nor_doubles_a_batch(
    sealed, mint: Mint, forest: Chain, engine, monkeypatch, reached
):
    real = mint.chain.send

    def lossy(raw: bytes) -> None:
        if reached:
            real(raw)
        raise ChainUnavailable("connection reset")

    lossy_chain = _Lossy(mint.chain, lossy)
    with pytest.raises(ChainUnavailable):
        replace(mint, chain=lossy_chain).step()
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
    with engine.connect() as connection:
        (before,) = Batches(connection).in_state(BatchState.MINED)
    forest.node.call("anvil_reorg", 1, [])
    mint.step()
    with engine.connect() as connection:
        (after,) = Batches(connection).in_state(BatchState.SIGNED)
    assert after.raw_transaction == before.raw_transaction
    mint_to_the_end(mint, forest)
    assert states(engine) == [BatchState.FINAL]
    assert minted(forest) == 5


def test_a_block_that_comes_back_elsewhere_is_noted(sealed, mint: Mint, forest: Chain, engine):
    mint.step()
    forest.mine()
    mint.step()
    with engine.connect() as connection:
        (before,) = Batches(connection).in_state(BatchState.MINED)
    raw = "0x" + before.raw_transaction.hex()
    # Another transaction beside it makes another block of the same time.
    other = sender.sign(forest.node, forest.account("x"), Call(forest.contract, GET), nonce=0)
    forest.node.call("anvil_reorg", 1, [[raw, 0], ["0x" + other.hex(), 0]])
    mint.step()
    with engine.connect() as connection:
        (after,) = Batches(connection).in_state(BatchState.MINED)
    assert after.inclusion != before.inclusion


def test_a_nonce_taken_by_a_stranger_is_signed_anew(sealed, mint: Mint, forest: Chain, engine):
    mint.step()
    forest.node.call("anvil_dropAllTransactions")
    forest.act("minter", "nonceOf", forest.account("inspector").address)
    mint.step()
    assert states(engine) == [BatchState.SEALED]
    mint_to_the_end(mint, forest)
    assert states(engine) == [BatchState.FINAL]
    assert minted(forest) == 5


def test_a_batch_that_the_contract_refuses_waits_for_a_person_with_the_reason(
    sealed, mint: Mint, forest: Chain, engine
):
    forest.act("pauser", "pause")
    mint.step()
    with engine.connect() as connection:
        (batch,) = Batches(connection).in_state(BatchState.BLOCKED)
    assert batch.reason == "EnforcedPause()"


def test_a_transaction_that_reverts_in_its_block_is_blocked_with_the_contracts_words(
    sealed, mint: Mint, forest: Chain, engine
):
    mint.step()
    forest.node.call("anvil_dropAllTransactions")
    forest.act("pauser", "pause")
    mint.step()
    forest.mine()
    mint.step()
    with engine.connect() as connection:
        (batch,) = Batches(connection).in_state(BatchState.BLOCKED)
    assert batch.reason == "EnforcedPause()"


def test_another_root_where_ours_should_stand_stops_minting(sealed, mint: Mint, forest: Chain):
    mint.step()
    forest.node.call("anvil_dropAllTransactions")
    forest.mint(LOT, 0, b"\x07" * 20)
    with pytest.raises(Diverged):
        mint.step()


def test_of_two_workers_that_sign_the_same_batch_one_throws_its_bytes_away(
    sealed, mint: Mint, engine
):
    with engine.connect() as connection:
        (batch,) = Batches(connection).in_state(BatchState.SEALED)
    mint.step()
    with pytest.raises(BatchMoved):
        mint._sign(batch)


def test_a_nonce_serves_one_batch(desk, sealer, mint: Mint, engine):
    for key in "ab":
        desk.redeem("ANT_FOREST", key, WISH)
        sealer.seal_due()
    with engine.connect() as connection:
        first, second = Batches(connection).in_state(BatchState.SEALED)
    with engine.begin() as connection:
        Batches(connection).replace(first, first.signed(7, b"x"))
    with pytest.raises(BatchMoved), engine.begin() as connection:
        Batches(connection).replace(second, second.signed(7, b"y"))


def test_batches_of_one_minter_go_one_after_the_other(desk, sealer, mint, forest, engine):
    for key in "abc":
        desk.redeem("ANT_FOREST", key, WISH)
        sealer.seal_due()
    mint.step()
    assert states(engine).count(BatchState.SIGNED) == 1
    assert mint.step() is False
    for _ in range(6):
        mint_to_the_end(mint, forest)
    assert states(engine) == [BatchState.FINAL] * 3
    assert minted(forest) == 3


def recovery(engine: Engine, chain: Chain, *, embedded: bool) -> Recovery:
    return Recovery(engine, lambda lot: _minted_of(chain, lot), embedded)


def _minted_of(chain: Chain, lot: int) -> int:
    facts = chain.ledger.at("latest").lot(lot)
    return facts.minted if facts else 0


def test_what_an_embedded_chain_lost_is_named_and_minted_again_once(
    sealed, mint: Mint, forest: Chain, engine
):
    before = forest.node.call("evm_snapshot")
    mint_to_the_end(mint, forest)
    forest.node.call("evm_revert", before)
    (lost,) = recovery(engine, forest, embedded=True).run()
    assert (lost.lot, lost.first_serial, lost.count) == (LOT, 0, 5)
    assert recovery(engine, forest, embedded=True).run() == []
    mint_to_the_end(mint, forest)
    assert states(engine) == [BatchState.FINAL]
    assert minted(forest) == 5


def test_any_other_chain_that_loses_a_final_batch_stops_the_worker(
    sealed, mint: Mint, forest: Chain, engine
):
    before = forest.node.call("evm_snapshot")
    mint_to_the_end(mint, forest)
    forest.node.call("evm_revert", before)
    with pytest.raises(Diverged, match=r"lost a final batch: lot \d+, serials 0 to 4"):
        recovery(engine, forest, embedded=False).run()


def test_books_from_an_old_backup_stop_the_worker(forest: Chain, engine, desk):
    forest.mint(LOT, 0, b"\x07" * 20)
    with pytest.raises(Diverged, match="the chain has 1 records, our books 0"):
        recovery(engine, forest, embedded=True).run()


def test_with_books_and_chain_agreeing_nothing_is_lost(sealed, mint, forest, engine):
    mint_to_the_end(mint, forest)
    assert recovery(engine, forest, embedded=False).run() == []


class _Lossy:
    """The real chain, but what is sent goes another way."""

    def __init__(self, chain, send) -> None:
        self._chain = chain
        self.send = send

    def __getattr__(self, name):
        return getattr(self._chain, name)
