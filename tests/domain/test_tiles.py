"""Tiles against pymerkle and RFC 6962: every proof comes from tiles alone, and no false tile
passes."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from treering.domain import tiles
from treering.domain.registry_head import TreeHead
from treering.domain.registry_log import (
    Frontier,
    LogTree,
    leaf,
    perfect_root,
    proves_entry,
    proves_growth,
)
from treering.domain.tiles import TileTree
from treering.errors import RegistryRefused

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/registry_log.json").read_text("utf-8"))
ENTRIES = [b"entry %d" % number for number in range(70_000)]
LOG = LogTree(ENTRIES)
SIZES = [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000]
NOON = datetime(2025, 3, 12, 12, tzinfo=UTC)


def head(size, root=None):
    return TreeHead("log", size, root or LOG.root(size), NOON, "")


def fetch(level, index, width):
    first = index * tiles.WIDTH
    return b"".join(LOG.levels[tiles.BITS * level][first : first + width])


def test_the_published_vectors_hold_from_tiles():
    leaves = [bytes.fromhex(entry) for entry in VECTORS["tree"]["leaves"]]
    hashes = [leaf(entry) for entry in leaves]
    last = TreeHead("log", 8, bytes.fromhex(VECTORS["tree"]["roots"][-1]), NOON, "")
    tree = TileTree(last, lambda level, index, width: b"".join(hashes[:width]))
    for size, root in enumerate(VECTORS["tree"]["roots"], 1):
        assert tree.root(size).hex() == root
    for known in VECTORS["tree"]["consistency"]:
        found = tree.consistency(known["from"], known["to"])
        assert [step.hex() for step in found] == known["proof"]
    for tile in VECTORS["tiles"]["hashes"]:
        level, index, width = tiles.parsed(tile["path"].removeprefix("tile/"))
        assert (level, index) == (0, 0)
        assert b"".join(hashes[:width]).hex() == tile["hex"]
    (bundle,) = VECTORS["tiles"]["bundles"]
    assert tiles.packed(leaves).hex() == bundle["hex"]
    assert tiles.unpacked(bytes.fromhex(bundle["hex"])) == leaves
    for index, path in VECTORS["tiles"]["indexes"]:
        assert tiles.path(0, index) == path


@pytest.mark.parametrize("size", SIZES)
def test_roots_and_proofs_come_from_tiles_alone(size):
    tree = TileTree(head(size), fetch)
    for old in [one for one in SIZES if one <= size]:
        assert tree.root(old) == LOG.root(old)
        proof = tree.consistency(old, size)
        assert proves_growth(proof, old=(old, LOG.root(old)), new=(size, LOG.root(size)))
    for index in [0, 1, 255, 256, size // 2, size - 1]:
        if 0 <= index < size:
            proof = tree.inclusion(index, size)
            assert proves_entry(proof, ENTRIES[index], index, size=size, root=LOG.root(size))


def test_an_independent_tree_gives_the_same_proofs_as_the_tiles():
    other = pymerkle.InmemoryTree("sha256")
    for entry in ENTRIES[:600]:
        other.append_entry(entry)
    tree = TileTree(head(600), fetch)
    for index in range(0, 600, 37):
        path = other.prove_inclusion(index + 1, 600).path
        assert [leaf(ENTRIES[index]), *tree.inclusion(index, 600)] == path
    for old in range(1, 600, 41):
        assert other.get_root(old) == tree.root(old)


@given(st.integers(0, 70_000), st.data())
def test_each_tile_is_asked_for_once_and_as_wide_as_the_log_has_it(size, data):
    asked = []

    def counting(level, index, width):
        asked.append((level, index))
        assert width == tiles.width(level, index, size)
        return fetch(level, index, width)

    tree = TileTree(head(size), counting)
    old = data.draw(st.integers(0, size))
    assert tree.root(old) == LOG.root(old)
    assert len(set(asked)) == len(asked) <= 12


@pytest.mark.parametrize("size", [1, 5, 256, 257, 65_537, 70_000])
def test_a_false_tile_is_refused_wherever_it_stands(size):
    asked = []

    def honest(level, index, width):
        asked.append((level, index, width))
        return fetch(level, index, width)

    def read(source):
        tree = TileTree(head(size), source)
        tree.check_bundle(0, ENTRIES[: min(size, 256)])
        return tree.root(size // 3), tree.inclusion(size // 2, size)

    read(honest)
    for false in asked:

        def lying(level, index, width, false=false):
            raw = fetch(level, index, width)
            return raw[:-1] + bytes([raw[-1] ^ 1]) if (level, index, width) == false else raw

        with pytest.raises(RegistryRefused):
            read(lying)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_tile_of_another_length_is_refused(length):
    with pytest.raises(RegistryRefused, match=f"has {length} bytes"):
        TileTree(head(1), lambda *_: bytes(length))


def test_entries_that_are_not_those_of_the_bundle_are_refused():
    tree = TileTree(head(300), fetch)
    tree.check_bundle(0, ENTRIES[:256])
    tree.check_bundle(1, ENTRIES[256:300])
    for index, false in [
        (0, ENTRIES[1:257]),
        (1, ENTRIES[256:299]),
        (1, [*ENTRIES[256:299], b""]),
    ]:
        with pytest.raises(RegistryRefused, match="not those that were signed"):
            tree.check_bundle(index, false)


@given(st.one_of(st.none(), st.integers(0, 63)), st.integers(0, 10**12), st.integers(1, 256))
def test_every_tile_has_one_address_and_every_address_one_tile(level, index, width):
    address = tiles.path(level, index, width).removeprefix("tile/")
    assert tiles.parsed(address) == (level, index, width)


@pytest.mark.parametrize(
    "address",
    ["0", "0/1", "0/0001", "00/000", "0/x000/001", "0/000.p/256", "0/000.p/0", "0/001/002", ""],
)
def test_an_address_of_another_form_is_none(address):
    with pytest.raises(ValueError, match="no tile is called"):
        tiles.parsed(address)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_entries_are_packed_and_unpacked(entries):
    assert tiles.unpacked(tiles.packed(entries)) == entries


@pytest.mark.parametrize("bundle", [b"\0", b"\0\2x", b"\0\1xy", b"\xff\xff"])
def test_a_bundle_that_ends_in_the_middle_is_refused(bundle):
    with pytest.raises(ValueError, match="ends in the middle"):
        tiles.unpacked(bundle)


def test_an_entry_of_64_kib_fits_into_no_bundle():
    with pytest.raises(OverflowError):
        tiles.packed([bytes(65_536)])


def test_a_frontier_takes_whole_subtrees_where_they_fit():
    leaves = [leaf(entry) for entry in ENTRIES[:512]]
    tops = [perfect_root(leaves[:256]), perfect_root(leaves[256:])]
    assert Frontier().joined(8, tops) == Frontier().appended(ENTRIES[:512])
    with pytest.raises(ValueError, match="no subtree of height 8 begins at 5"):
        Frontier().appended(ENTRIES[:5]).joined(8, tops)
    with pytest.raises(ValueError, match="3 hashes are no perfect tree"):
        perfect_root(leaves[:3])
