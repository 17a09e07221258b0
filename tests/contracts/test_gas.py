"""Gas, from receipts of a real node: EIP-7623's floor applies to transactions, not to calls."""

from hashlib import shake_256

import pytest

from tests.contracts.ledger import LOT, MINTER
from treering.domain.merkle import MerkleTree
from treering.domain.record import LotId, Record


def holders_of(count: int) -> list[bytes]:
    stream = shake_256(b"holders").digest(20 * count)
    return [stream[i : i + 20] for i in range(0, len(stream), 20)]


@pytest.mark.parametrize("count", [4096, 6500])
def test_a_full_batch_costs_the_floor_of_its_calldata(ledger, count):
    holders = holders_of(count)
    receipt = ledger.send(MINTER, ledger.calls.mint(LOT, 0, b"".join(holders)))

    assert receipt["gasUsed"] <= 1.01 * (21_000 + 800 * count)
    words = [Record(LotId(LOT), serial, holder).word for serial, holder in enumerate(holders)]
    tree = MerkleTree.over(words)
    assert ledger.calls.rootOf(LOT << 32).call() == tree.root
    assert ledger.calls.verify(words[7], 0, tree.proof(7)).call()
