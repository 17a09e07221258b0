"""What halmos and slither said, for docs/contract-proofs.md: in words, and as they said it."""

import re
from collections.abc import Mapping, Sequence

from tests.contracts.proofs.accepted import ACCEPTED
from tests.contracts.proofs.snapshot import SLITHER
from tests.contracts.tree import words

_CHECK = re.compile(r"check_([^_]+)_(\w+)\(")

Said = Mapping[str, Sequence[str]]


def proven(said: Said) -> str:
    """One row a check, its name as the sentence that it is; then halmos' own lines."""
    lines = ["| of | proven |", "| --- | --- |"]
    output: list[str] = []
    for contract, its_lines in said.items():
        if contract == SLITHER:
            continue
        output += its_lines
        for act, sentence in _CHECK.findall("\n".join(its_lines)):
            lines.append(f"| `{contract}` | `{act}` {words(sentence)} |")
    return "\n".join([*lines, "", *_block(output)])


def findings(said: Said) -> str:
    lines = ["| slither says | of | it stands because |", "| --- | --- | --- |"]
    lines += [f"| {check} | `{where}` | {why} |" for (check, where), why in ACCEPTED.items()]
    return "\n".join([*lines, "", *_block(said[SLITHER])])


def _block(output: Sequence[str]) -> list[str]:
    return ["```", *output, "```"]
