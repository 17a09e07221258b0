"""The tables of halmos and slither, for docs/contract-proofs.md."""

from collections.abc import Mapping, Sequence

from tests.contracts.proofs.accepted import ACCEPTED
from tests.contracts.tree import words


def proven(checks: Mapping[str, Sequence[str]]) -> str:
    """One row a check, its name as the sentence that it is."""
    lines = ["| of | proven |", "| --- | --- |"]
    for contract, names in checks.items():
        for name in names:
            _, act, sentence = name.split("_", 2)
            lines.append(f"| `{contract}` | `{act}` {words(sentence)} |")
    return "\n".join(lines)


def findings() -> str:
    lines = ["| slither says | of | it stands because |", "| --- | --- | --- |"]
    lines += [f"| {check} | `{where}` | {why} |" for (check, where), why in ACCEPTED.items()]
    return "\n".join(lines)
