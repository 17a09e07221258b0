"""Forge against mutants: which test fails when a rule is broken."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory

from tests.contracts import sandbox
from tests.contracts.mutation.compiler import Compiler, compiler
from tests.contracts.mutation.mutant import Mutant
from tests.contracts.node import CONTRACTS, foundry

_SLOW = "test/{BatchRoot,Vectors,Gas,Season}.t.sol"
# The cheap ones first.
_ALL: list[tuple[str, ...]] = [("--no-match-path", _SLOW), ("--match-path", _SLOW)]
_SAME = ("--dynamic-test-linking", "--fail-fast", "--fuzz-seed", "0x7ee", "--fuzz-runs", "64")
_FAILED = re.compile(r"^Encountered .* in test/(\w+)\.t\.sol.*\n\[FAIL.*\] (\w+)\(", re.MULTILINE)
_ALONE = ("BatchRoot", "Season")  # suites that hold a library of their own, and not the ledger


class TrialBroken(Exception):
    """Forge came to no verdict: a mutant does not compile, or the tests fail without one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    mutant: Mutant
    killer: str  # "Suite.test" of the first test seen to fail; "" if none does


@dataclass(frozen=True, slots=True)
class Bench:
    """Contracts folders of its own, and a compiler for the ledger.

    In `folder` all tests are compiled and pass; in `spare` sources are changed and compiled.
    """

    folder: Path
    spare: Path
    compiler: Compiler

    def tried(self, mutant: Mutant, last: str) -> Outcome:
        """`last` is the test that killed it before: its suite judges first, then all do."""
        suite, _, test = last.partition(".")
        killer = ""
        if suite and suite not in _ALONE:
            killer = self._by_bytecode(mutant, suite, test)
        return Outcome(mutant, killer or self._by_source(mutant))

    def _by_bytecode(self, mutant: Mutant, suite: str, test: str) -> str:
        """The tests stay as they are compiled; only the ledger that they deploy is another."""
        artefact = self.folder / "out/TreeLedger.sol/TreeLedger.json"
        whole = artefact.read_text()
        changed = json.loads(whole)
        changed["bytecode"]["object"] = self.compiler.bytecode(mutant)
        artefact.write_text(json.dumps(changed))
        try:
            return _failure(self.folder, "--match-path", f"test/{suite}.t.sol", *_only(test))
        finally:
            artefact.write_text(whole)

    def _by_source(self, mutant: Mutant) -> str:
        source = CONTRACTS / "src" / mutant.file
        copied = self.spare / "src" / mutant.file
        copied.write_text(mutant.applied(source.read_text()))
        try:
            return _killer(self.spare, _suites(mutant))
        finally:
            copied.write_text(source.read_text())


def trials(mutants: Iterable[Mutant], before: Mapping[str, str]) -> Iterator[Outcome]:
    """Try each in a copy, one a core at a time. The unit and fuzz tests judge, not the invariants.

    `before` has each rule's last killer. Compiled without the optimizer, which takes half the
    time and changes no rule.
    """
    cores = os.cpu_count() or 1
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="treering-mutation-")))
        benches: Queue[Bench] = Queue()
        for number in range(cores):
            folder, spare = _copy(place / str(number)), _copy(place / f"{number} spare")
            if killer := _killer(folder, reversed(_ALL)):
                raise TrialBroken(f"the tests fail without any mutant: {killer}")
            benches.put(Bench(folder, spare, stack.enter_context(compiler())))
        pool = stack.enter_context(ThreadPoolExecutor(cores))
        stack.callback(pool.shutdown, cancel_futures=True)
        yield from pool.map(lambda one: _tried(one, before.get(one.rule, ""), benches), mutants)


def _tried(mutant: Mutant, last: str, benches: Queue[Bench]) -> Outcome:
    bench = benches.get()
    try:
        return bench.tried(mutant, last)
    finally:
        benches.put(bench)


def _copy(place: Path) -> Path:
    place.mkdir()
    return sandbox.copy(place, ("Invariants.t.sol", "World.t.sol", "invariants", "symbolic"))


def _suites(mutant: Mutant) -> list[tuple[str, ...]]:
    """Forge's choices, one after the other until a test fails: a library's own suite first."""
    name = Path(mutant.file).stem
    return [("--match-path", f"test/{name}.t.sol"), *_ALL] if name in _ALONE else _ALL


def _killer(folder: Path, suites: Iterable[tuple[str, ...]]) -> str:
    return next(filter(None, (_failure(folder, *suite) for suite in suites)), "")


def _only(test: str) -> tuple[str, ...]:
    return ("--match-test", rf"^{test}\(") if test != "setUp" else ()


def _failure(folder: Path, *suite: str) -> str:
    command = (foundry("forge"), "test", *_SAME, *suite)
    status, said = sandbox.run(folder, *command, environ={"FOUNDRY_OPTIMIZER": "false"})
    if status == 0:
        return ""
    found = _FAILED.search(said)
    if not found:
        raise TrialBroken(said[-2000:])
    return ".".join(found.groups())
