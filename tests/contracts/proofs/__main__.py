"""python -m tests.contracts.proofs: prove the contract with halmos, and read it with slither.

Writes what they said into docs/contract-proofs.md. Exit status: 0 all is proven and explained,
1 not.
"""

import sys

from tests.contracts.document import write
from tests.contracts.proofs.report import findings, proven
from tests.contracts.proofs.static import analyse
from tests.contracts.proofs.symbolic import ProofBroken, prove


def main() -> int:
    try:
        found = analyse()
        sys.stdout.write(f"slither: {len(found)} findings, each with its reason\n")
        checks = prove()
    except ProofBroken as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"halmos: {sum(map(len, checks.values()))} checks proven\n")
    write("slither", findings())
    write("halmos", proven(checks))
    return 0


if __name__ == "__main__":
    sys.exit(main())
