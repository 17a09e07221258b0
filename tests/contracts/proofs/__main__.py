"""python -m tests.contracts.proofs [--all | NAME...]: prove the contract with halmos, and read it
with slither.

Runs what was never said of these sources; with --all everything, with names (Mint, slither) those.
Writes what they said into contracts/snapshots/proofs.json and docs/contract-proofs.md. Exit
status: 0 all is proven and explained, 1 not.
"""

import sys
from collections.abc import Sequence

from tests.contracts.document import write
from tests.contracts.proofs import snapshot
from tests.contracts.proofs.report import findings, proven
from tests.contracts.proofs.snapshot import SLITHER
from tests.contracts.proofs.static import analyse
from tests.contracts.proofs.symbolic import SYMBOLIC, ProofBroken, proofs, prove


def main(arguments: Sequence[str]) -> int:
    everything = [SLITHER, *map(snapshot.name_of, proofs())]
    names = everything if "--all" in arguments else arguments or snapshot.stale()
    broken = 0
    for name in names:
        of = snapshot.about(name)  # before it begins: whoever writes meanwhile must prove again
        try:
            said = _said(name)
        except ProofBroken as error:
            sys.stderr.write(f"{error}\n")
            broken += 1
            continue
        sys.stdout.write("\n".join(said) + "\n")
        sys.stdout.flush()
        snapshot.keep(name, said, of)
    write("slither", findings(snapshot.read()))
    write("halmos", proven(snapshot.read()))
    return 1 if broken else 0


def _said(name: str) -> list[str]:
    return analyse() if name == SLITHER else prove(SYMBOLIC / f"{name}.symbolic.sol")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
