"""Verification of a real certificate on a real chain, and of all that can be wrong with it."""

import pytest

from tests.flow.verifying import changed, code, document, resigned
from treering.domain.verdict import state
from treering.domain.verification import Check, State, Verdict
from treering.flow.parts import Parts

__all__ = ["document"]  # the fixture


def test_a_genuine_certificate_is_valid_in_all_eight_checks(parts: Parts, document):
    report = parts.verifier.verify(document)
    assert [finding.check for finding in report.findings] == list(Check)[:8]
    assert report.verdict is Verdict.VALID
    assert state(report) is State.FINAL
    assert code(report, Check.REGISTRY) == "NOT_EXCHANGED"


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("credentialSubject", "holderName"), "李*"),
        (("credentialSubject", "plantingYear"), 2020),
        (("validFrom",), "2031-01-01T00:00:00Z"),
        (("issuer", "id"), "did:web:evil.example"),
        (("issuer", "name"), "GFOREST"),
        (("proof", 0, "created"), "2019-01-01T00:00:00Z"),
        (("proof", 1, "created"), "2019-01-01T00:00:00Z"),
        (("proof", 0, "@context"), ["https://www.w3.org/ns/credentials/v2"]),
        (("proof", 1, "proofValue"), "z" + "1" * 64),
    ],
)
def test_a_tampered_credential_is_invalid_and_the_signature_is_named(
    parts: Parts, document, path, to
):
    report = parts.verifier.verify(changed(document, *path, to=to))
    assert report.verdict is Verdict.INVALID
    assert code(report, Check.SIGNATURE) == "SIGNATURE_BROKEN"
    assert state(report) is State.ALTERED


@pytest.mark.parametrize(
    ("path", "to", "check", "expected"),
    [
        (("credentialSubject", "number"), "TR-0", Check.NUMBER, "NUMBER_MISTYPED"),
        (("credentialSubject", "serial"), 2, Check.DOCUMENT, "DOCUMENT_DIFFERS"),
        (("credentialSubject", "lot"), "ANT_FOREST-805", Check.DOCUMENT, "DOCUMENT_DIFFERS"),
        (("credentialSubject", "species"), "FIR", Check.LOT, "LOT_DIFFERS"),
        (("evidence", 0, "merkleProof"), [], Check.PROOF, "PROOF_BROKEN"),
        (("evidence", 0, "firstSerial"), 1, Check.ROOT, "ROOT_MISSING"),
        (("evidence", 0, "chainId"), 1, Check.ROOT, "WRONG_NETWORK"),
        (("evidence", 0, "contract"), "0x" + "11" * 20, Check.ROOT, "WRONG_NETWORK"),
    ],
)
def test_even_the_issuer_cannot_sign_what_the_chain_does_not_hold(
    parts: Parts, document, path, to, check, expected
):
    report = parts.verifier.verify(resigned(parts, changed(document, *path, to=to)))
    assert report.verdict is Verdict.INVALID
    assert code(report, Check.SIGNATURE) == "SIGNATURE_OK"
    assert code(report, check) == expected


def test_the_number_of_another_record_is_told(parts: Parts, document, numbers):
    other = changed(document, "credentialSubject", "number", to=numbers[0])
    report = parts.verifier.verify(resigned(parts, other))
    assert code(report, Check.NUMBER) == "NUMBER_OF_ANOTHER_RECORD"


def test_parts_that_contradict_each_other_are_told_though_the_issuer_signed_them(
    parts: Parts, document
):
    other = resigned(parts, changed(document, "credentialStatus", "treeId", to="0x" + "00" * 12))
    report = parts.verifier.verify(other)
    assert code(report, Check.SIGNATURE) == "SIGNATURE_OK"
    assert code(report, Check.DOCUMENT) == "DOCUMENT_DIFFERS"


def test_a_credential_with_a_part_that_is_not_ours_is_none_of_ours(parts: Parts, document):
    for other in (
        document | {"renderMethod": []},
        document | {"proof": [document["proof"][0] | {"nonce": ""}]},
    ):
        report = parts.verifier.verify(other)
        assert code(report, Check.DOCUMENT) == "DOCUMENT_MALFORMED"
        assert state(report) is State.ALTERED


def test_another_network_is_its_own_state(parts: Parts, document):
    other = changed(document, "evidence", 0, "chainId", to=1)
    other = resigned(parts, changed(other, "credentialStatus", "chainId", to=1))
    assert state(parts.verifier.verify(other)) is State.WRONG_NETWORK


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"proof": {}},
        {"credentialSubject": []},
        {"proof": {"verificationMethod": "did:web:x#z", "created": "2020-01-01T00:00:00Z"}},
    ],
)
def test_a_document_of_another_form_is_invalid_not_an_error(parts: Parts, document):
    report = parts.verifier.verify(document)
    assert report.verdict is Verdict.INVALID
    assert code(report, Check.DOCUMENT) == "DOCUMENT_MALFORMED"
