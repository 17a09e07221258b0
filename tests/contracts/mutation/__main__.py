"""python -m tests.contracts.mutation [WORD...]: break each rule of the contract in turn.

With words, only the mutants whose rule or file holds one of them; the other outcomes stay as they
were kept. Writes contracts/snapshots/mutants.json and the table in docs/contract-proofs.md. Exit
status: 0 each broken rule has a test that fails, 1 one has none.
"""

import sys
from collections.abc import Sequence

from tests.contracts.document import write
from tests.contracts.mutation import results
from tests.contracts.mutation.catalogue import MUTANTS
from tests.contracts.mutation.trial import Outcome, trials


def main(words: Sequence[str]) -> int:
    chosen = [m for m in MUTANTS if not words or any(w in m.rule or w in m.file for w in words)]
    survivors = 0
    for number, outcome in enumerate(trials(chosen), 1):
        _say(f"{number}/{len(chosen)}  {_line(outcome)}")
        results.keep({outcome.mutant.rule: outcome.killer})
        survivors += not outcome.killer and not outcome.mutant.same
    write("mutants", results.table(results.read()))
    _say(f"{len(chosen)} mutants, {survivors} survivors without a reason")
    return 1 if survivors else 0


def _line(outcome: Outcome) -> str:
    mutant = outcome.mutant
    fate = outcome.killer or (f"same: {mutant.same}" if mutant.same else "SURVIVED")
    return f"{mutant.file}: {mutant.rule}: {fate}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
