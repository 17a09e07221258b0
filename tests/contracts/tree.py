"""TreeLedger.tree: what forge tests, in words. `python -m tests.contracts.tree` writes it.

A test's name is a sentence: `test_mint_revertsAboveTheCap` says that mint "reverts above the
cap". The tree is read and reviewed; the names in the tests are held to it.
"""

import re
from pathlib import Path

TREE = Path(__file__).parents[2] / "contracts/test/TreeLedger.tree"
PARTS = ["Roles", "Lots", "Statements", "Signatures", "Mint", "Records", "Claims", "Anchors"]
SUPPORTS = ["BatchRoot", "Season", "Vectors", "Gas", "World", "Invariants"]

_TEST = re.compile(r"function (test|testFuzz|invariant)_(?:([a-z]\w*?)_)?(\w+)\(")


def tree() -> str:
    """A branch for each test file and act, a leaf for each test; * marks fuzzed ones."""
    lines = ["* with hostile or random input"]
    for part in PARTS + SUPPORTS:
        acts = _acts((TREE.parent / f"{part}.t.sol").read_text())
        lines += ["", part]
        for number, (act, leaves) in enumerate(acts.items()):
            last = number == len(acts) - 1
            lines.append(f"{'└' if last else '├'}── {act}")
            for leaf in leaves:
                twig = "└" if leaf is leaves[-1] else "├"
                lines.append(f"{' ' if last else '│'}   {twig}── {leaf}")
    return "\n".join(lines) + "\n"


def _acts(source: str) -> dict[str, list[str]]:
    acts: dict[str, list[str]] = {}
    for kind, act, sentence in _TEST.findall(source):
        mark = "" if kind == "test" else " *"
        branch = act or ("always" if kind == "invariant" else "as a whole")
        acts.setdefault(branch, []).append(words(sentence) + mark)
    return acts


def words(sentence: str) -> str:
    spaced = re.sub(r"(?<!^)([A-Z]|(?<!\d)\d+)", r" \1", sentence.replace("_", ". "))
    return spaced.lower()


if __name__ == "__main__":
    TREE.write_text(tree())
