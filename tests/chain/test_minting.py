"""Signing and gas, held to the receipts of a real node."""

from datetime import UTC, datetime

import pytest
from eth_account import Account

from tests.chain_kit import Chain
from treering.chain import gas, sender, sights
from treering.chain.embedded import CHAIN_ID
from treering.chain.minting import Minting
from treering.chain.node import quantity
from treering.domain.batch import Batch, BatchId, BatchState
from treering.domain.fees import GWEI, Fees
from treering.domain.flight import Nonce
from treering.domain.mempool import Reply
from treering.domain.merkle import batch_root
from treering.domain.record import LotId, tree_id

OFFER = Fees(GWEI, 10 * GWEI)


def minting_of(chain: Chain) -> Minting:
    return Minting(chain.ledger, chain.account("minter"), CHAIN_ID)


def a_batch(lot: LotId, first: int, count: int) -> Batch:
    holders = b"\xfe" * 20 * count  # no byte is zero: as dear as calldata can be
    return Batch(
        id=BatchId(1),
        state=BatchState.SEALED,
        lot=lot,
        first_serial=first,
        holders=holders,
        root=batch_root(tree_id(lot, first), holders),
        sealed_at=datetime(2026, 11, 22, tzinfo=UTC),
    )


def test_the_gas_that_is_offered_is_enough_and_little_more(chain: Chain):
    lot = chain.open_lot(277, endorsed=20_000)
    minting = minting_of(chain)
    first = 0
    for nonce, count in enumerate((1, 64, 256, 1024, 4096, 6500, 1)):
        batch = a_batch(lot, first, count)
        assert minting.refusal(batch) is None
        raw = minting.sign(batch, Nonce(nonce), OFFER)
        assert minting.send(raw) == (Reply.TAKEN, "")
        chain.mine()
        receipt = sender.wait_for(chain.node, sender.keccak(raw))
        used = quantity(receipt["gasUsed"])
        assert used <= gas.of_mint(count) <= gas.TRANSACTION_LIMIT
        if count >= 4096:
            assert gas.of_mint(count) <= 1.15 * used
        first += count


def test_a_signature_is_the_minters_and_of_the_pinned_chain(chain: Chain):
    minting = minting_of(chain)
    raw = minting.sign(None, Nonce(5), OFFER)
    assert Account.recover_transaction(raw) == chain.account("minter").address
    assert minting.address == bytes.fromhex(chain.account("minter").address[2:])


def test_what_the_node_says_to_the_bytes_is_told(chain: Chain):
    minting = minting_of(chain)
    empty = minting.sign(None, Nonce(0), OFFER)
    assert minting.send(empty)[0] is Reply.TAKEN
    assert minting.send(empty)[0] is Reply.KNOWN
    chain.mine()
    assert minting.send(empty)[0] is Reply.NONCE_USED
    cheap = minting.sign(None, Nonce(1), Fees(0, 0))
    assert minting.send(cheap)[0] is Reply.UNDERPRICED


def test_the_contracts_refusal_is_in_its_own_words(chain: Chain):
    lot = chain.open_lot(277, endorsed=10)
    assert "CapExceeded" in (minting_of(chain).refusal(a_batch(lot, 0, 11)) or "")


def test_receipts_tell_success_failure_and_absence(chain: Chain):
    lot = chain.open_lot(277, endorsed=10)
    minting = minting_of(chain)
    good = minting.sign(a_batch(lot, 0, 5), Nonce(0), OFFER)
    bad = minting.sign(a_batch(lot, 0, 5), Nonce(1), OFFER)
    for raw in (good, bad):
        minting.send(raw)
    chain.mine()
    digests = [sender.keccak(good), sender.keccak(bad), b"\1" * 32]
    assert sights.receipts(chain.ledger, digests) == [True, False, None]


@pytest.mark.parametrize("count", [1, 4096])
def test_nothing_is_minted_by_asking(chain: Chain, count):
    lot = chain.open_lot(277, endorsed=5000)
    assert minting_of(chain).refusal(a_batch(lot, 0, count)) is None
    facts = chain.ledger.at("latest").lot(lot)
    assert facts is not None
    assert facts.minted == 0
