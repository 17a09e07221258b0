"""python -m tests.contracts.mutation [--all | WORD...]: break each rule of the contract in turn.

Tries the mutants whose kept outcome is of other sources; with --all every one, with words those
whose rule or file holds one of them. Writes contracts/snapshots/mutants.json and the table in
docs/contract-proofs.md. Exit status: 0 each broken rule has a test that fails, 1 one has none.
"""

import sys
from collections.abc import Sequence

from tests.contracts.document import write
from tests.contracts.mutation import results
from tests.contracts.mutation.catalogue import MUTANTS
from tests.contracts.mutation.mutant import Mutant
from tests.contracts.mutation.trial import Outcome, trials


def main(arguments: Sequence[str]) -> int:
    chosen = _chosen(arguments)
    survivors = 0
    before = {rule: kept["killer"] for rule, kept in results.read().items()}
    for number, outcome in enumerate(trials(chosen, before), 1):
        _say(f"{number}/{len(chosen)}  {_line(outcome)}")
        results.keep([outcome])
        survivors += not outcome.killer and not outcome.mutant.same
    write("mutants", results.table())
    _say(f"{len(chosen)} mutants tried, {survivors} survivors without a reason")
    return 1 if survivors else 0


def _chosen(arguments: Sequence[str]) -> Sequence[Mutant]:
    if not arguments:
        return results.stale()
    if "--all" in arguments:
        return MUTANTS
    return [one for one in MUTANTS if any(w in one.rule or w in one.file for w in arguments)]


def _line(outcome: Outcome) -> str:
    mutant = outcome.mutant
    fate = outcome.killer or (f"same: {mutant.same}" if mutant.same else "SURVIVED")
    return f"{mutant.file}: {mutant.rule}: {fate}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
