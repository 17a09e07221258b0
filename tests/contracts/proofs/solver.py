"""Two solvers, one answer: `unsat`, which is a proof, only where z3 and Bitwuzla both say it.

halmos calls it with the path of a query (SMT-LIB 2) and reads what it prints. Its own default,
yices 2.6.4, gave a counterexample to a query that z3, cvc5 and Bitwuzla all refute, so no solver
is trusted alone. Runs in .venv-proofs, where both are.
"""

import subprocess
import sys
from pathlib import Path

import bitwuzla

_SECONDS = 3600  # by the clock: a busy machine gives a solver little of it


def main(path: Path) -> str:
    """The first solver's answer, model included, unless the second one contradicts it."""
    first = _z3(path)
    verdict = first.partition("\n")[0]
    if verdict == "unsat" and _bitwuzla(path) != "unsat":
        return "unknown"
    return first


def _z3(path: Path) -> str:
    program = Path(sys.executable).parent / "z3"
    done = subprocess.run(
        [program, f"-T:{_SECONDS}", path], check=False, capture_output=True, text=True
    )
    return done.stdout


def _bitwuzla(path: Path) -> str:
    terms, options = bitwuzla.TermManager(), bitwuzla.Options()
    options.set(bitwuzla.Option.TIME_LIMIT_PER, 1000 * _SECONDS)
    parser = bitwuzla.Parser(terms, options)
    asserted = path.read_text().partition("(check-sat)")[0]
    parser.parse(asserted, True, False)
    return str(parser.bitwuzla().check_sat())


if __name__ == "__main__":
    sys.stdout.write(main(Path(sys.argv[1])))
