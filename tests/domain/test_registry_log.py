"""The log's tree against RFC 6962's vectors, an independent implementation, and its promises."""

import json
from pathlib import Path

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from treering.domain.registry_log import (
    EMPTY_ROOT,
    Frontier,
    LogTree,
    leaf,
    proves_entry,
    proves_growth,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/registry_log.json").read_text("utf-8"))[
    "tree"
]
LEAVES = [bytes.fromhex(entry) for entry in VECTORS["leaves"]]
ENTRIES = [b"entry %d" % number for number in range(40)]
TREE = LogTree(ENTRIES)


def test_the_published_vectors_hold():
    tree = LogTree(LEAVES)
    assert EMPTY_ROOT.hex() == VECTORS["empty_root"]
    for size, root in enumerate(VECTORS["roots"], 1):
        assert tree.root(size).hex() == root
        assert Frontier().appended(LEAVES[:size]).root.hex() == root
    for known in VECTORS["consistency"]:
        found = tree.consistency(known["from"], known["to"])
        assert [step.hex() for step in found] == known["proof"]


def test_an_independent_tree_has_the_same_roots_and_paths():
    other = pymerkle.InmemoryTree("sha256")
    for entry in ENTRIES:
        other.append_entry(entry)
    for size in range(len(ENTRIES) + 1):
        assert TREE.root(size) == other.get_root(size)
        for index in range(size):
            theirs = other.prove_inclusion(index + 1, size)
            assert [leaf(ENTRIES[index]), *TREE.inclusion(index, size)] == theirs.path
            theirs.verify(leaf(ENTRIES[index]), TREE.root(size))


@given(st.lists(st.binary(max_size=8), max_size=70), st.integers(0, 70))
def test_appending_a_delta_gives_the_root_of_the_whole(entries, cut):
    whole = Frontier().appended(entries)
    assert Frontier().appended(entries[:cut]).appended(entries[cut:]) == whole
    assert whole.root == LogTree(entries).root(len(entries))


@given(st.integers(1, 40), st.data())
def test_every_entry_is_proved_and_no_stranger_is(size, data):
    index = data.draw(st.integers(0, size - 1))
    root, proof = TREE.root(size), TREE.inclusion(index, size)
    assert proves_entry(proof, ENTRIES[index], index, size=size, root=root)

    other = data.draw(st.integers(0, 40))
    stranger = data.draw(st.binary())
    assert proves_entry(proof, ENTRIES[index], other, size=size, root=root) is (other == index)
    assert not proves_entry(proof, stranger, index, size=size, root=root)
    assert not proves_entry(proof, ENTRIES[index], index, size=size, root=leaf(b"another"))
    assert not proves_entry((*proof, root), ENTRIES[index], index, size=size, root=root)
    if proof:
        assert not proves_entry(proof[1:], ENTRIES[index], index, size=size, root=root)
        assert not proves_entry(proof[:-1], ENTRIES[index], index, size=size, root=root)


@pytest.mark.parametrize("new", range(41))
def test_every_growth_is_proved_and_no_rewriting_is(new):
    rewritten = LogTree([b"rewritten", *ENTRIES[1:]])
    for old in range(new + 1):
        before, after = (old, TREE.root(old)), (new, TREE.root(new))
        proof = TREE.consistency(old, new)
        assert proves_growth(proof, old=before, new=after)

        assert not proves_growth((*proof, leaf(b"")), old=before, new=after)
        assert not proves_growth(proof, old=(old, leaf(b"another")), new=after)
        if proof:
            assert not proves_growth(proof[1:], old=before, new=after)
            assert not proves_growth(proof[:-1], old=before, new=after)
        if old:
            forged = rewritten.consistency(old, new), (new, rewritten.root(new))
            assert not proves_growth(forged[0], old=before, new=forged[1])
            assert not proves_growth(proof, old=before, new=forged[1])


def test_nothing_shows_that_a_log_shrank():
    assert not proves_growth((), old=(5, TREE.root(5)), new=(4, TREE.root(4)))
    assert not proves_growth((), old=(5, TREE.root(5)), new=(0, EMPTY_ROOT))


def test_nothing_is_proved_of_entries_that_a_log_does_not_have():
    assert not proves_entry((), b"", 0, size=0, root=EMPTY_ROOT)
    assert not proves_entry((), ENTRIES[0], -1, size=1, root=TREE.root(1))
    for ask in (
        lambda: TREE.root(41),
        lambda: TREE.inclusion(3, 3),
        lambda: TREE.inclusion(0, 41),
        lambda: TREE.consistency(3, 2),
        lambda: TREE.consistency(0, 41),
    ):
        with pytest.raises(IndexError):
            ask()


def test_a_frontier_has_a_peak_for_each_bit_of_its_size():
    with pytest.raises(ValueError, match="1 peaks cannot stand for 3 entries"):
        Frontier(3, (leaf(b""),))
