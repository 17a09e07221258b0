"""Forge against mutants: which test fails when a rule is broken."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.contracts import sandbox
from tests.contracts.mutation.mutant import Mutant
from tests.contracts.node import CONTRACTS, foundry

_SLOW = "test/{BatchRoot,Vectors,Gas,World,Season}.t.sol"
_SAME = ("--dynamic-test-linking", "--fail-fast", "--fuzz-seed", "0x7ee", "--fuzz-runs", "64")
_FAILED = re.compile(r"^Encountered .* in test/(\w+)\.t\.sol.*\n\[FAIL.*\] (\w+)\(", re.MULTILINE)


class TrialBroken(Exception):
    """Forge came to no verdict: a mutant does not compile, or the tests fail without one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    mutant: Mutant
    killer: str  # "Suite.test" of the first test seen to fail; "" if none does


def trials(mutants: Iterable[Mutant]) -> Iterator[Outcome]:
    """Try one after the other in a copy. The unit and fuzz tests judge, without the invariants.

    Compiled without the optimizer, which takes half the time and changes no rule.
    """
    with TemporaryDirectory(prefix="treering-mutation-") as place:
        folder = sandbox.copy(Path(place), ignored=("Invariants.t.sol", "symbolic"))
        if killer := _killer(folder, _suites("")):
            raise TrialBroken(f"the tests fail without any mutant: {killer}")
        for mutant in mutants:
            source = CONTRACTS / "src" / mutant.file
            copied = folder / "src" / mutant.file
            copied.write_text(mutant.applied(source.read_text()))
            yield Outcome(mutant, _killer(folder, _suites(mutant.file)))
            copied.write_text(source.read_text())


def _suites(file: str) -> list[tuple[str, str]]:
    """Forge's choices, one after the other until a test fails: the cheap ones first.

    A library with a suite of its own has that compiled alone, without the ledger.
    """
    own = f"test/{Path(file).stem}.t.sol"
    everything = [("--no-match-path", _SLOW), ("--match-path", _SLOW)]
    is_alone = file.startswith("libraries/") and (CONTRACTS / own).exists()
    return [("--match-path", own), *everything] if is_alone else everything


def _killer(folder: Path, suites: Iterable[tuple[str, str]]) -> str:
    return next(filter(None, (_failure(folder, *suite) for suite in suites)), "")


def _failure(folder: Path, *suite: str) -> str:
    command = (foundry("forge"), "test", *_SAME, *suite)
    status, said = sandbox.run(folder, *command, environ={"FOUNDRY_OPTIMIZER": "false"})
    if status == 0:
        return ""
    found = _FAILED.search(said)
    if not found:
        raise TrialBroken(said[-2000:])
    return ".".join(found.groups())
