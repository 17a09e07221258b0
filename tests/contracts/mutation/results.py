"""The last outcome of every mutant, in contracts/snapshots/mutants.json, and its table."""

import json
from collections.abc import Mapping

from tests.contracts.mutation.catalogue import MUTANTS
from tests.contracts.mutation.mutant import Mutant
from tests.contracts.node import CONTRACTS

SNAPSHOT = CONTRACTS / "snapshots/mutants.json"


def read() -> dict[str, str]:
    """The test that fails, by the rule that is broken; "" if none does."""
    return dict(json.loads(SNAPSHOT.read_text())) if SNAPSHOT.exists() else {}


def keep(new: Mapping[str, str]) -> None:
    """Add outcomes to the kept ones; mutants that are gone leave it."""
    kept = {**read(), **new}
    ordered = {one.rule: kept[one.rule] for one in MUTANTS if one.rule in kept}
    SNAPSHOT.write_text(json.dumps(ordered, indent=2, ensure_ascii=False) + "\n")


def table(killers: Mapping[str, str]) -> str:
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


def _row(mutant: Mutant, killer: str) -> str:
    part = mutant.file.rpartition("/")[2].removesuffix(".sol")
    seen = f"`{killer}`" if killer else mutant.same or "**nothing**"
    return f"| `{part}` | {mutant.rule} | {seen} |"
