"""The kernel hashes as Python does: every length, every order of nodes, odd ones included."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import wasmtime

from treering.domain import holder, merkle
from treering.domain.holder import HolderSecret, commitment
from treering.domain.keccak import keccak
from treering.domain.kernel import engine
from treering.domain.kernel.engine import Kernel, Worth
from treering.domain.merkle import MerkleTree, batch_root
from treering.domain.record import lot_id, tree_id, words_from

LOT = lot_id(0xFFEE0102, 277)
SIZES = [*range(1, 70), 255, 256, 257, 4095, 4096, 6500]


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    return Kernel()


@pytest.fixture
def begun(monkeypatch) -> Iterator[None]:
    """As in a process that has hashed many, and asks whether it has a kernel."""
    for module in (merkle, holder):
        monkeypatch.setattr(module, "_worth", Worth())
    monkeypatch.setattr(engine, "_BEGUN", 0)
    engine._kernel.cache_clear()
    yield
    engine._kernel.cache_clear()


def holders_of(size: int) -> bytes:
    return b"".join(keccak(number.to_bytes(4, "big"))[:20] for number in range(size))


@pytest.mark.parametrize("size", SIZES)
def test_its_root_is_the_one_of_the_tree(kernel: Kernel, size):
    holders, serial = holders_of(size), 2**32 - size
    words = words_from(tree_id(LOT, serial), holders)
    assert kernel.root(LOT, serial, holders) == MerkleTree.over(words).root


@pytest.mark.parametrize("size", SIZES)
def test_its_commitments_are_the_holders_own(kernel: Kernel, size):
    each = [os.urandom(64) for _ in range(size)]
    made = kernel.commitments(b"".join(e[:32] for e in each), b"".join(e[32:] for e in each))
    assert made == b"".join(commitment(one[:32], one[32:]) for one in each)


def test_a_root_leaves_nothing_behind_that_another_batch_or_holder_would_meet(kernel: Kernel):
    for size in (6500, 3, 300, 1):
        holders = os.urandom(20 * size)
        words = words_from(tree_id(LOT, 7), holders)
        assert kernel.root(LOT, 7, holders) == MerkleTree.over(words).root
        assert kernel.commitments(holders[:32].ljust(32), bytes(32)) == commitment(
            holders[:32].ljust(32), bytes(32)
        )


def test_threads_that_hash_at_once_do_not_mix_their_batches(kernel: Kernel):
    batches = [holders_of(500 + number) for number in range(40)]
    wanted = [MerkleTree.over(words_from(tree_id(LOT, 0), one)).root for one in batches]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda one: kernel.root(LOT, 0, one), batches)) == wanted


def test_a_process_that_has_hashed_many_hashes_the_same_by_its_kernel(begun, monkeypatch):
    asked: list[str] = []
    for name in ("root", "commitments"):
        told = getattr(Kernel, name)
        monkeypatch.setattr(
            Kernel, name, lambda *a, told=told, name=name: [asked.append(name), told(*a)][1]
        )
    secrets = [os.urandom(64) for _ in range(300)]
    each = [HolderSecret(one[:32], one[32:]) for one in secrets]
    made = holder.commitments(tree_id(LOT, 5), secrets)
    assert made == b"".join(one.commitment(tree_id(LOT, 5 + i)) for i, one in enumerate(each))
    words = words_from(tree_id(LOT, 5), made)
    assert batch_root(tree_id(LOT, 5), made) == MerkleTree.over(words).root
    assert asked == ["commitments", "root"]


def test_few_records_are_hashed_without_it(begun):
    assert Worth().kernel(255) is None
    assert Worth().kernel(256) is not None


def test_a_process_begins_it_when_there_were_many():
    worth = Worth()
    assert [worth.kernel(50_000) is None for _ in range(2)] == [True, False]


def _refusing(*_: object) -> None:
    raise wasmtime.WasmtimeError("mmap failed: out of memory")


@pytest.mark.parametrize(
    ("where", "name", "instead"),
    [(sys.modules, "wasmtime", None), (wasmtime.__dict__, "Instance", _refusing)],
    ids=["there is none", "it may not run"],
)
def test_without_webassembly_python_hashes(begun, monkeypatch, where, name, instead):
    monkeypatch.setitem(where, name, instead)
    holders = holders_of(300)
    words = words_from(tree_id(LOT, 5), holders)
    assert Worth().kernel(300) is None
    assert batch_root(tree_id(LOT, 5), holders) == MerkleTree.over(words).root
