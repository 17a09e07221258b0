"""The vectors are current, and Python's record and tree give what they say. Forge reads the
same files in contracts/test/Vectors.t.sol."""

import json

import pytest

from tests.vectors.make_vectors import HERE, files
from treering.domain.merkle import MerkleTree, root_from
from treering.domain.record import Record

BATCHES = json.loads((HERE / "batches.json").read_text())


def unhex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def test_the_vector_files_are_what_their_script_writes():
    for path, text in files().items():
        assert path.read_text() == text, f"{path.name}: run python -m tests.vectors.make_vectors"


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{len(batch['words'])} records")
def test_a_word_names_its_lot_its_serial_and_its_holder(batch):
    holders = unhex(batch["holders"])
    for position, word in enumerate(batch["words"]):
        record = Record.from_word(unhex(word))
        assert record.lot == int(batch["lot"], 16)
        assert record.serial == batch["firstSerial"] + position
        assert record.holder == holders[20 * position : 20 * (position + 1)]
        assert record.word == unhex(word)


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{len(batch['words'])} records")
def test_each_proof_leads_from_its_word_to_the_root(batch):
    words = [unhex(word) for word in batch["words"]]
    tree = MerkleTree.over(words)
    assert tree.root == unhex(batch["root"])
    for case in batch["proofs"]:
        proof = tuple(unhex(node) for node in case["proof"])
        assert tree.proof(case["position"]) == proof
        assert root_from(words[case["position"]], proof) == tree.root
