"""All mutants, in the order of the contract's parts."""

from tests.contracts.mutation.mutant import Mutant
from tests.contracts.mutation.rules import (
    anchors,
    duties,
    ledger,
    libraries,
    lots,
    minting,
    records,
    statements,
)

_PARTS = (ledger, duties, lots, statements, minting, records, anchors, libraries)
MUTANTS: tuple[Mutant, ...] = tuple(mutant for part in _PARTS for mutant in part.MUTANTS)
