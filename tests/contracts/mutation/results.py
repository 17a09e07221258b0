"""The last outcome of every mutant, in contracts/snapshots/mutants.json, and its table."""

import json
from collections.abc import Iterable
from hashlib import sha256

from tests.contracts import sources
from tests.contracts.mutation.catalogue import MUTANTS
from tests.contracts.mutation.mutant import Mutant
from tests.contracts.mutation.trial import Outcome
from tests.contracts.node import CONTRACTS

SNAPSHOT = CONTRACTS / "snapshots/mutants.json"


def read() -> dict[str, dict[str, str]]:
    """By the rule that is broken: `killer`, the test that fails or "", and `of`, its digest."""
    return dict(json.loads(SNAPSHOT.read_text())) if SNAPSHOT.exists() else {}


def keep(outcomes: Iterable[Outcome]) -> None:
    """Add outcomes to the kept ones; mutants that are gone leave it."""
    kept = read()
    for one in outcomes:
        kept[one.mutant.rule] = {"killer": one.killer, "of": about(one.mutant, one.killer)}
    ordered = {one.rule: kept[one.rule] for one in MUTANTS if one.rule in kept}
    SNAPSHOT.write_text(json.dumps(ordered, indent=2, ensure_ascii=False) + "\n")


def stale() -> list[Mutant]:
    """Mutants that were never tried on these sources, against these tests."""
    kept = read()
    return [one for one in MUTANTS if one.rule not in kept or not _holds(one, kept[one.rule])]


def about(mutant: Mutant, killer: str) -> str:
    """Digest of all that an outcome hangs on: the contract, the change, and the tests that judged.

    Where a test failed it is that test's suite; where none did it is all of them.
    """
    judges = sources.unit(killer.partition(".")[0]) if killer else sources.units()
    change = repr((mutant.file, mutant.old, mutant.new))
    whole = sources.digest([*sources.contract(), *judges]) + change
    return sha256(whole.encode()).hexdigest()[:16]


def table() -> str:
    killers = {rule: one["killer"] for rule, one in read().items()}
    killed = sum(map(bool, killers.values()))
    same = len(killers) - killed
    lines = [
        f"{len(killers)} mutants: {killed} make a test fail, {same} behave like the contract.",
        "",
        "| in | the broken contract: | seen by |",
        "| --- | --- | --- |",
    ]
    rows = [_row(mutant, killers[mutant.rule]) for mutant in MUTANTS if mutant.rule in killers]
    return "\n".join([*lines, *rows])


def _holds(mutant: Mutant, kept: dict[str, str]) -> bool:
    """Whether the outcome is of today's sources, and its suite still there."""
    suite = kept["killer"].partition(".")[0]
    is_there = not suite or sources.unit(suite)[0].exists()
    return is_there and kept["of"] == about(mutant, kept["killer"])


def _row(mutant: Mutant, killer: str) -> str:
    part = mutant.file.rpartition("/")[2].removesuffix(".sol")
    seen = f"`{killer}`" if killer else mutant.same or "**nothing**"
    return f"| `{part}` | {mutant.rule} | {seen} |"
