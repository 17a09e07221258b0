"""Verification of what the chain says today, or does not say."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.chain_kit import Chain
from tests.flow.verifying import LOT, changed, code, document
from treering.chain.ledger import LedgerAt, RecordStatus
from treering.domain.claims import facts
from treering.domain.record import tree_id
from treering.domain.stage import Stage
from treering.domain.verdict import state
from treering.domain.verification import Check, State, Verdict
from treering.errors import ChainUnavailable
from treering.flow.parts import Parts
from treering.flow.verifying.checks import check_record

__all__ = ["document"]  # the fixture


def test_a_revoked_record_is_told(parts: Parts, document, forest: Chain):
    forest.act("revoker", "revoke", [tree_id(LOT, 1)], 2)
    forest.finalise()
    report = parts.verifier.verify(document)
    assert code(report, Check.RECORD) == "RECORD_REVOKED"
    assert report.findings[5].detail == "FRAUD"
    assert state(report) is State.REVOKED


def test_a_reason_that_this_version_does_not_know_is_told_by_its_number():
    later = RecordStatus(is_minted=True, revoked=7, replaced_by=None, claim=None)
    assert check_record(later).detail == "reason 7"


def test_a_replaced_record_names_the_new_one(parts: Parts, document, forest: Chain):
    forest.act("revoker", "replace", tree_id(LOT, 1), tree_id(LOT, 2))
    forest.finalise()
    report = parts.verifier.verify(document)
    assert code(report, Check.RECORD) == "RECORD_REPLACED"
    assert state(report) is State.REPLACED


def test_a_lot_in_deficit_stays_valid_and_says_so(parts: Parts, document, forest: Chain):
    forest.state(LOT, Stage.ACCEPTANCE, 1)
    forest.finalise()
    report = parts.verifier.verify(document)
    assert code(report, Check.LOT) == "LOT_IN_DEFICIT"
    assert report.verdict is Verdict.VALID


def test_a_root_that_is_not_final_yet_is_pending(parts: Parts, document, forest: Chain):
    def young(tag: str) -> LedgerAt:
        head = forest.ledger.at("latest").height
        return forest.ledger.at(head if tag == "latest" else head - 5)

    report = replace(parts.verifier, world=young).verify(document)
    assert code(report, Check.ROOT) == "ROOT_PENDING"
    assert state(report) is State.PENDING


class _Silent:
    """A node that answers for its head and then says no more."""

    as_of = datetime(2026, 1, 1, tzinfo=UTC)
    height = 1

    def __getattr__(self, name):
        raise ChainUnavailable("connection reset")


def _dead(tag: str) -> LedgerAt:
    raise ChainUnavailable("connection refused")


@pytest.mark.parametrize("world", [_dead, lambda tag: _Silent()], ids=["dead", "dies"])
def test_a_silent_node_gives_unknown_and_never_invalid(parts: Parts, document, world):
    report = replace(parts.verifier, world=world).verify(document)
    assert report.verdict is Verdict.UNKNOWN
    assert state(report) is State.CANNOT_CHECK_NOW
    unknown = {f.check for f in report.findings if f.verdict is Verdict.UNKNOWN}
    assert unknown == {Check.SIGNATURE, Check.ROOT, Check.RECORD, Check.LOT, Check.REGISTRY}


def test_a_forgery_is_invalid_even_while_the_node_is_silent(parts: Parts, document):
    forged = changed(document, "credentialSubject", "holderName", to="李*")
    report = replace(parts.verifier, world=_dead).verify(forged)
    assert report.verdict is Verdict.INVALID


def test_a_node_that_lags_behind_the_document_does_not_know(parts: Parts, document, forest: Chain):
    block = facts(document).block
    before = replace(parts.verifier, world=lambda tag: forest.ledger.at(1))
    assert before.world("finalized").height < block
    report = before.verify(document)
    unchecked = {f.check: f.code for f in report.findings if f.verdict is Verdict.UNKNOWN}
    assert (
        unchecked.items()
        >= {
            Check.ROOT: "ROOT_UNCHECKED",
            Check.RECORD: "RECORD_UNCHECKED",
            Check.LOT: "LOT_UNCHECKED",
        }.items()
    )
