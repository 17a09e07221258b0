"""The words beside the forge tests say what the tests do."""

import re

from tests.contracts.tree import TREE, tree


def test_the_tree_names_every_forge_test():
    assert TREE.read_text() == tree(), "run python -m tests.contracts.tree, and read it"


def test_every_invariant_in_words_is_a_function_and_the_other_way_round(contracts):
    words = (contracts / "test/TreeLedger.invariants.md").read_text()
    source = (contracts / "test/Invariants.t.sol").read_text()
    in_words = re.findall(r"^\| (\d\d) \|", words, re.MULTILINE)
    functions = re.findall(r"function invariant_(\d\d)_", source)
    assert in_words == functions
    assert len(functions) >= 18  # what issue 3 asks for
