"""TreeLedger: whole batches, holders in the event, counted by the contract."""

import json

from web3 import Web3

from tests.contracts.bench.row import Row
from tests.contracts.ledger import LOT, MINTER, Ledger, holders_of
from treering.chain.compiler import ARTEFACT

SIZES = (1, 64, 256, 1024, 4096, 6500)
SYSTEM = "TreeLedger"


def rows(web3: Web3) -> list[Row]:
    """One call after the other on a new ledger, as in contracts/snapshots/receipts.json."""
    ledger = Ledger(web3, json.loads(ARTEFACT.read_text()))
    ledger.open_lot()
    measured, first = [], 0
    for size in SIZES:
        call = ledger.calls.mint(LOT, first, b"".join(holders_of(size)))
        measured.append(Row(SYSTEM, "mint", size, ledger.send(MINTER, call)["gasUsed"]))
        first += size
    return measured
