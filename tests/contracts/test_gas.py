"""Gas, from receipts of a real node: EIP-7623's floor applies to transactions, not to calls."""

import json

import pytest

from tests.contracts.ledger import LOT, MINTER, holders_of
from treering.domain.merkle import MerkleTree
from treering.domain.record import LotId, Record


def floor(count: int) -> int:
    """What EIP-7623 asks for 20 bytes a tree: 40 gas a byte."""
    return 21_000 + 800 * count


@pytest.mark.parametrize("count", [4096, 6500])
def test_a_full_batch_costs_the_floor_of_its_calldata(ledger, count):
    holders = holders_of(count)
    receipt = ledger.send(MINTER, ledger.calls.mint(LOT, 0, b"".join(holders)))

    assert receipt["gasUsed"] <= 1.01 * floor(count)
    assert receipt["gasUsed"] <= 2**24  # EIP-7825
    words = [Record(LotId(LOT), serial, holder).word for serial, holder in enumerate(holders)]
    tree = MerkleTree.over(words)
    assert ledger.calls.rootOf(LOT << 32).call() == tree.root
    assert ledger.calls.verify(words[7], 0, tree.proof(7)).call()


def test_mints_cost_what_the_snapshot_says(ledger, contracts):
    measured, first = {}, 0
    for count in (1, 64, 256, 1024, 4096, 6500):
        call = ledger.calls.mint(LOT, first, b"".join(holders_of(count)))
        used = ledger.send(MINTER, call)["gasUsed"]
        measured[str(count)] = {"gas": used, "gas a tree": round(used / count)}
        first += count
    kept = json.loads((contracts / "snapshots/receipts.json").read_text())
    # If the change is meant, write what was measured into the snapshot.
    assert kept == measured, json.dumps(measured, indent=2)
