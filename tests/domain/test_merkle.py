"""The tree over a batch: each record is proven, and nothing else is."""

from itertools import combinations

import pytest

from treering.domain.keccak import keccak
from treering.domain.merkle import MerkleTree, batch_root, leaf, root_from
from treering.domain.record import LotId, Record

LOT = LotId(1 << 32 | 277)
SIZES = range(1, 66)


def words_of(size: int) -> list[bytes]:
    return [Record(LOT, serial, keccak(bytes([serial]))[:20]).word for serial in range(size)]


def node(a: bytes, b: bytes) -> bytes:
    return keccak(min(a, b) + max(a, b))


def test_the_root_of_five_is_hashed_as_the_design_says():
    words = words_of(5)
    a, b, c, d, e = map(keccak, words)
    assert MerkleTree.over(words).root == node(node(node(a, b), node(c, d)), e)
    assert MerkleTree.over(words).proof(4) == (node(node(a, b), node(c, d)),)
    assert MerkleTree.over(words).proof(2) == (d, node(a, b), e)


def test_one_record_is_its_own_root_and_needs_no_proof():
    (word,) = words_of(1)
    assert MerkleTree.over([word]).root == keccak(word)
    assert MerkleTree.over([word]).proof(0) == ()


@pytest.mark.parametrize("size", SIZES)
def test_each_proof_leads_its_own_record_to_the_root_and_no_other(size):
    words = words_of(size)
    tree = MerkleTree.over(words)
    stranger = Record(LOT, size, bytes(20)).word
    for position, word in enumerate(words):
        proof = tree.proof(position)
        assert root_from(word, proof) == tree.root
        assert root_from(stranger, proof) != tree.root
        others = [other for other in words if other != word]
        assert all(root_from(other, proof) != tree.root for other in others)


@pytest.mark.parametrize("size", SIZES)
def test_a_shorter_longer_or_turned_proof_leads_elsewhere(size):
    words = words_of(size)
    tree = MerkleTree.over(words)
    for position, word in enumerate(words):
        proof = tree.proof(position)
        wrong = [proof[:cut] for cut in range(len(proof))]
        wrong += [proof[cut:] for cut in range(1, len(proof) + 1)]
        wrong += [(*proof, tree.root), (leaf(word), *proof)]
        wrong += [proof[::-1]] if len(proof) > 1 else []
        assert all(root_from(word, path) != tree.root for path in wrong)


@pytest.mark.parametrize("size", SIZES)
def test_no_node_above_the_leaves_passes_for_a_record(size):
    tree = MerkleTree.over(words_of(size))
    for height, level in enumerate(tree.levels):
        for place, inner in enumerate(level):
            above = MerkleTree(tree.levels[height:]).proof(place)
            assert root_from(inner, above) != tree.root


def test_the_two_hashes_below_a_node_are_too_long_for_a_record():
    a, b = map(keccak, words_of(2))
    with pytest.raises(ValueError, match="32 bytes, not 64"):
        root_from(a + b, ())


@pytest.mark.parametrize("size", SIZES)
def test_the_root_alone_is_the_trees_root(size):
    words = words_of(size)
    holders = b"".join(word[12:] for word in words)
    assert batch_root(LOT << 32, holders) == MerkleTree.over(words).root


def test_holders_in_another_order_have_another_root():
    holders = [bytes([i]) * 20 for i in range(9)]
    root = batch_root(LOT << 32, b"".join(holders))
    for i, j in combinations(range(9), 2):
        swapped = holders.copy()
        swapped[i], swapped[j] = holders[j], holders[i]
        assert batch_root(LOT << 32, b"".join(swapped)) != root


def test_no_two_batches_of_equal_holders_have_one_root():
    """Not by their size, nor by where they begin: an odd node is never counted twice."""
    roots = {
        batch_root(LOT << 32 | first, bytes(20 * size)) for first in range(9) for size in SIZES
    }
    assert len(roots) == 9 * len(SIZES)


def test_a_batch_needs_a_record():
    with pytest.raises(ValueError, match="at least one record"):
        MerkleTree.over([])


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_what_is_no_record_is_no_leaf(size):
    with pytest.raises(ValueError, match=f"32 bytes, not {size}"):
        MerkleTree.over([bytes(32), bytes(size)])


@pytest.mark.parametrize("position", [-1, 3])
def test_there_is_no_proof_for_a_place_outside_of_the_batch(position):
    with pytest.raises(IndexError):
        MerkleTree.over(words_of(3)).proof(position)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_sibling_that_is_no_hash_is_refused(size):
    with pytest.raises(ValueError, match="two 32-byte hashes"):
        root_from(bytes(32), [bytes(size)])
