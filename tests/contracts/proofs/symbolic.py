"""halmos over contracts/test/symbolic: what each `check_` function asserts, for all its inputs."""

import os
import re
import shlex
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.contracts import sandbox
from tests.contracts.node import CONTRACTS, foundry

SYMBOLIC = CONTRACTS / "test/symbolic"
VENV = CONTRACTS.parent / ".venv-proofs"

_SOLVER = Path(__file__).with_name("solver.py")
_SECONDS = 4000  # a query, by the clock: none takes a minute of an idle core
_PROVEN = re.compile(r"\[PASS\].* (check_\w+)\(.*bounds: \[\]\)")
_KEPT = ("Running", "[PASS]", "Symbolic test result")
# halmos says these and may still count a check as passed.
_DOUBTS = re.compile(r"\[(?:FAIL|ERROR|TIMEOUT)\]|\bERROR\b|\bWARNING\b|Counterexample")

# The order of a pair, in a form that halmos can follow: it must know where memory is written. The
# same two words come to the same two places, without a place that depends on the hashes.
_PLACED = re.compile(
    r"let place := shl\(5, gt\(a, b\)\)[^\n]*\n"
    r"\s*mstore\(place, a\)\s*mstore\(xor\(place, 0x20\), b\)"
)
_MASKED = """let differ := and(xor(a, b), sub(0, gt(a, b)))
                mstore(0x00, xor(a, differ))
                mstore(0x20, xor(b, differ))"""


class ProofBroken(Exception):
    """Something is not proven, or halmos had a doubt."""


def checks(contract: Path) -> list[str]:
    return re.findall(r"function (check_\w+)\(", contract.read_text())


def proofs() -> list[Path]:
    return sorted(SYMBOLIC.glob("*.symbolic.sol"))


def prove(proof: Path) -> list[str]:
    """halmos' lines; raises ProofBroken unless every check of the contract is proven."""
    with TemporaryDirectory(prefix="treering-proofs-") as place:
        folder = sandbox.copy(Path(place), ignored=("*.t.sol", "invariants"))
        for other in set(proofs()) - {proof}:
            (folder / "test/symbolic" / other.name).unlink()
        follow(folder / "src/libraries/BatchRoot.sol")
        return _proven(folder, proof)


def follow(library: Path) -> None:
    """Write both orderings of BatchRoot as halmos can follow them."""
    source, changed = _PLACED.subn(_MASKED, library.read_text())
    if changed != 2:
        raise ProofBroken(f"BatchRoot orders pairs at {changed} places, not at 2")
    library.write_text(source)


def _proven(folder: Path, proof: Path) -> list[str]:
    name = proof.name.partition(".")[0]
    solver = shlex.join([str(VENV / "bin/python"), str(_SOLVER)])
    status, said = sandbox.run(
        folder,
        VENV / "bin/halmos",
        *("--contract", f"{name}Symbolic", "--loop", "10", "--no-status"),
        *("--solver-command", solver, "--solver-timeout-assertion", str(1000 * _SECONDS)),
        environ={"PATH": f"{foundry('forge').parent}{os.pathsep}{os.environ['PATH']}"},
    )
    plain = re.sub(r"\x1b\[\d+m", "", said)
    proven = _PROVEN.findall(plain)
    if status != 0 or _DOUBTS.search(plain) or sorted(proven) != sorted(checks(proof)):
        raise ProofBroken(f"{name}: proven are {proven}\n{plain}")
    return [line for line in plain.splitlines() if line.startswith(_KEPT)]
