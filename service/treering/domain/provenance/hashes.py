"""Every hash of a trace, held against what it should be the hash of.

A hash is VALID where its content was hashed again and matches, INVALID where it does not, and
UNKNOWN where nobody could show its content.
"""

from collections.abc import Iterator

from treering.domain.dossier import dossier_hash
from treering.domain.merkle import MerkleTree, root_from
from treering.domain.provenance import names
from treering.domain.provenance.clues import Clues, OnChain
from treering.domain.provenance.graph import HashCheck
from treering.domain.verification import Verdict


def checks(clues: Clues) -> tuple[HashCheck, ...]:
    return (*_of_batch(clues), *_of_lot(clues), *_of_statements(clues), *_of_claim(clues))


def _of_batch(clues: Clues) -> Iterator[HashCheck]:
    """From the record's word by its proof to the root, and from the log's holders to the same."""
    batch, record = clues.batch, clues.record
    if batch is None or record is None:
        return
    tree = MerkleTree.over(batch.words())
    proof = tree.proof(clues.position(batch))
    leads = root_from(record.word, proof) == batch.root
    yield _check("word", names.record(clues), record.word, leads)
    told = clues.on_chain.root if clues.on_chain else None
    known = None if clues.on_chain is None else told == batch.root
    yield _check("root", names.batch(clues), batch.root, known)
    if batch.inclusion is None:
        return
    passage = clues.on_chain.passage if clues.on_chain else None
    place = (batch.inclusion.transaction, batch.inclusion.block_hash)
    same = passage and (passage.transaction, passage.block_hash) == place
    yield _check("transaction", names.transaction(clues), batch.inclusion.transaction, same)
    told_same = passage and (passage.holders, passage.root) == (batch.holders, tree.root)
    yield _check("log", names.transaction(clues), tree.root, told_same)


def _of_lot(clues: Clues) -> Iterator[HashCheck]:
    facts = clues.on_chain.facts if clues.on_chain else None
    ours = dossier_hash(clues.lot)
    yield _check("dossier", names.lot(clues), ours, facts and facts.dossier == ours)


def _of_statements(clues: Clues) -> Iterator[HashCheck]:
    """Reports that inspectors hashed into what they signed, and evidence that we hold."""
    held = {medium.hash: medium for medium in clues.media}
    for stated in _stated(clues.on_chain):
        found = held.get(stated)
        yield _check("report", names.report(stated), stated, found and found.is_intact)
    for medium in clues.media:
        yield _check("evidence", names.medium(medium.hash), medium.hash, medium.is_intact)


def _of_claim(clues: Clues) -> Iterator[HashCheck]:
    claim = clues.on_chain.claim if clues.on_chain else None
    if claim is None:
        return
    yield _check("claim", names.fulfilment(claim), claim, _is_listed(clues, claim))


def _is_listed(clues: Clues, claim: bytes) -> bool | None:
    """Whether the registry ties the record to the certificate of its claim; None where nobody may
    lean on what our mirror says, or it says nothing."""
    said = clues.mirror
    if said is None or not said.may_lean(clues.as_of):
        return None
    if found := said.of(claim):
        return clues.tree in found.entry.trees
    return False if said.uses_tree else None


def _stated(on_chain: OnChain | None) -> list[bytes]:
    return [one.report for one in on_chain.statements] if on_chain else []


def _check(name: str, of: str, value: bytes, holds: object) -> HashCheck:
    """`holds` is None where nobody could show the content."""
    verdict = Verdict.UNKNOWN if holds is None else Verdict.VALID if holds else Verdict.INVALID
    return HashCheck(name, of, "0x" + value.hex(), verdict)
