"""python -m tests.contracts.bench [--write]: gas of ours and of its peers, in one run.

All on one Anvil under Osaka rules, from receipts. Compares with contracts/snapshots/peers.json,
or writes it and the table in docs/contract-proofs.md. Exit status: 0 as in the snapshot, 1 not.
"""

import json
import sys
from collections.abc import Sequence

from tests.contracts.bench import documents, ours, tokens
from tests.contracts.bench.chain import Chain
from tests.contracts.bench.packages import compile_all
from tests.contracts.bench.report import markdown, records, text
from tests.contracts.bench.row import Row
from tests.contracts.document import write
from tests.contracts.node import CONTRACTS, osaka

SNAPSHOT = CONTRACTS / "snapshots/peers.json"


def main(arguments: Sequence[str]) -> int:
    rows = _measured()
    sys.stdout.write(text(rows) + "\n")
    measured = records(rows)
    if "--write" in arguments:
        SNAPSHOT.write_text(json.dumps(measured, indent=2) + "\n")
        write("peers", markdown(rows))
    kept = json.loads(SNAPSHOT.read_text())
    for now in measured:
        if now not in kept:
            sys.stdout.write(f"not as in {SNAPSHOT.name}: {json.dumps(now)}\n")
    return 0 if kept == measured else 1


def _measured() -> list[Row]:
    compile_all()
    with osaka() as web3:
        chain = Chain(web3)
        return [*ours.rows(web3), *tokens.rows(chain), *documents.rows(chain)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
