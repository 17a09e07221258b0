"""The signature over canonical JSON: it holds for exactly this document, and is never a crash.

Shown on the first format, which has this proof alone; sets of two are in test_proof_set.py.
"""

import copy
import json
from datetime import timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.example import (
    BASE_URL,
    DID,
    ISSUER,
    KEY,
    METHOD,
    NOW,
    a_certificate,
    a_first_credential,
    at,
    paths,
)
from treering.domain import multibase
from treering.domain.credential import unsigned
from treering.domain.issuer_key import IssuerKey
from treering.domain.proof import is_signed, proofs_of, secured
from treering.errors import CredentialMalformed

PATHS = paths(a_first_credential())
OTHERS = [None, [], {}, -1, 0, 1.5, True, False, "", "x", [None], {"x": 1}, 2**53]


def holds(document: dict[str, Any]) -> bool:
    try:
        return is_signed(document, ISSUER)
    except CredentialMalformed:
        return False


def test_what_was_signed_is_signed():
    assert is_signed(a_first_credential(), ISSUER)


def test_it_is_signed_as_the_standard_says():
    """SHA-256 of the options with the context, then of the document, both in canonical JSON."""
    document = a_first_credential()
    options = document.pop("proof")
    value = options.pop("proofValue")
    assert options["@context"] == document["@context"]
    hashes = b"".join(sha256(rfc8785.dumps(part)).digest() for part in (options, document))
    KEY.public_key().verify(multibase.decode(value), hashes)


def test_signing_leaves_the_document_as_it_was():
    document = unsigned(a_certificate(), issuer=DID, base_url=BASE_URL)
    before = copy.deepcopy(document)
    signed = secured(document, method=METHOD, created=NOW, sign=KEY.sign)
    assert document == before
    assert {name: signed[name] for name in before} == before


def test_the_time_of_signing_is_written_in_utc():
    beijing = NOW.astimezone(timezone(timedelta(hours=8)))
    document = unsigned(a_certificate(), issuer=DID, base_url=BASE_URL)
    signed = secured(document, method=METHOD, created=beijing, sign=KEY.sign)
    assert signed["proof"][0]["created"] == "2026-11-22T08:00:00Z"


@pytest.mark.parametrize("ascii_only", [True, False])
def test_it_survives_a_journey_as_json(ascii_only):
    text = json.dumps(a_first_credential(), ensure_ascii=ascii_only, indent=3, sort_keys=True)
    assert is_signed(json.loads(text), ISSUER)


def test_the_order_of_keys_and_the_writing_of_a_number_mean_nothing():
    document = dict(reversed(a_first_credential().items()))
    document["credentialSubject"]["serial"] = 8.0  # 8 in JSON, 8.0 and 8e0 are one number
    assert is_signed(document, ISSUER)


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_no_part_can_be_changed(path):
    right = at(a_first_credential(), path)
    others = OTHERS.copy()
    if isinstance(right, str):
        others += [right + " ", " " + right, right[:-1], right.swapcase(), right + "\u200b"]
    if type(right) is int:
        others += [right + 1, right - 1, str(right)]
    for other in others:
        if canonical(other) != canonical(right):
            document = a_first_credential()
            at(document, path[:-1])[path[-1]] = other
            assert not holds(document), other


def canonical(value: Any) -> bytes | None:
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError:
        return None


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_no_part_can_be_taken_away(path):
    document = a_first_credential()
    del at(document, path[:-1])[path[-1]]
    assert not holds(document)


@pytest.mark.parametrize("path", [(), *PATHS], ids=str)
def test_nothing_can_be_added(path):
    document = a_first_credential()
    place = at(document, path)
    if isinstance(place, dict):
        place["extra"] = None
    elif isinstance(place, list):
        place.append(place[0])
    else:
        return
    assert not holds(document)


def test_a_signature_over_another_context_than_the_documents_is_none():
    """Even the issuer's own: what its words mean would be anybody's choice."""
    document = a_first_credential()
    options = document.pop("proof") | {"@context": ["https://evil.example"]}
    del options["proofValue"]
    hashes = b"".join(sha256(rfc8785.dumps(part)).digest() for part in (options, document))
    document["proof"] = options | {"proofValue": multibase.encode(KEY.sign(hashes))}
    assert is_signed(document, ISSUER) is False


@given(st.binary(max_size=70))
def test_no_other_bytes_are_its_signature(signature):
    document = a_first_credential()
    document["proof"]["proofValue"] = multibase.encode(signature)
    assert is_signed(document, ISSUER) is False


def test_another_key_did_not_sign_it():
    assert is_signed(a_first_credential(), IssuerKey(b"\x2b" * 32)) is False


DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        -float("inf"),
        2**53,
        -(2**53),
        10**5000,
        "\ud800",
        {"\ud800": 1, "a": 2},
        {1: 2},
        b"bytes",
        {1, 2},
        DEEP,
    ],
    ids="nan inf -inf 2^53 -2^53 huge surrogate surrogate-key number-key bytes set deep".split(),
)
def test_what_has_no_canonical_form_is_malformed_and_never_a_crash(value):
    for name in ("extra", "validFrom"):
        with pytest.raises(CredentialMalformed, match="no canonical form") as refused:
            is_signed(a_first_credential() | {name: value}, ISSUER)
        assert len(str(refused.value)) < 200
    document = a_first_credential()
    document["proof"]["nonce"] = value
    with pytest.raises(CredentialMalformed, match="no canonical form"):
        is_signed(document, ISSUER)


def test_the_last_whole_number_of_json_is_only_a_changed_document():
    assert is_signed(a_first_credential() | {"extra": 2**53 - 1}, ISSUER) is False


@pytest.mark.parametrize(
    "proof",
    [
        None,
        [],
        "proof",
        {},
        a_first_credential()["proof"] | {"type": "Ed25519Signature2020"},
        a_first_credential()["proof"] | {"cryptosuite": "eddsa-rdfc-2022"},
        a_first_credential()["proof"] | {"proofPurpose": "authentication"},
    ],
)
def test_another_kind_of_proof_is_not_ours(proof):
    with pytest.raises(CredentialMalformed, match=r"no eddsa-jcs-2022 proof"):
        proofs_of(a_first_credential() | {"proof": proof})
    with pytest.raises(CredentialMalformed, match=r"no eddsa-jcs-2022 proof"):
        is_signed(a_first_credential() | {"proof": proof}, ISSUER)


@pytest.mark.parametrize("value", [None, 5, [], "", "zOIl0", "m" + "A" * 88, "z" * 10**6, "z🌳"])
def test_a_value_that_is_not_base58_is_malformed(value):
    document = a_first_credential()
    document["proof"]["proofValue"] = value
    with pytest.raises(CredentialMalformed, match="base58"):
        is_signed(document, ISSUER)
