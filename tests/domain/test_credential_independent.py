"""A verifier that is none of ours accepts our credentials, and refuses what was altered."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openvc.did.did_web import DidWebResolver
from openvc.proof.di_jcs import EddsaJcsProofSuite
from openvc.proof.errors import ProofError

from tests.domain.example import DID, ISSUER, METHOD, NOW, a_credential
from treering.domain.issuer_key import IssuerKey
from treering.domain.proof import secured

DID_DOCUMENT = {
    "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
    "id": DID,
    "verificationMethod": [
        {
            "id": METHOD,
            "type": "Multikey",
            "controller": DID,
            "publicKeyMultibase": ISSUER.multikey,
        }
    ],
    "assertionMethod": [METHOD],
}


def strangers_check(document: dict[str, Any]) -> None:
    """As a stranger does it: from JSON, with the key of the did:web document."""
    web = {"https://treering.example/programmes/ANT_FOREST/did.json": DID_DOCUMENT}
    verified = EddsaJcsProofSuite().verify(
        json.loads(json.dumps(document)), resolver=DidWebResolver(web.__getitem__), now=NOW
    )
    assert verified.issuer == DID


def test_an_independent_verifier_accepts_our_credential():
    strangers_check(a_credential())


def _set(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return change


def _swap_siblings(document: dict[str, Any]) -> None:
    document["evidence"][0]["merkleProof"].reverse()


def _drop_site(document: dict[str, Any]) -> None:
    del document["credentialSubject"]["site"]


@pytest.mark.parametrize(
    "alter",
    [
        _set("credentialSubject", "holderName", to="李*"),
        _set("credentialSubject", "serial", to=9),
        _set("credentialSubject", "plantingYear", to="2019"),
        _set("credentialSubject", "trees", to=2),
        _set("issuer", "id", to="did:web:evil.example"),
        _set("validFrom", to="2026-11-22T07:59:59Z"),
        _set("evidence", 0, "record", to="0x" + "00" * 32),
        _set("proof", "created", to="2026-11-22T07:59:59Z"),
        _set("proof", "verificationMethod", to=f"{DID}#other"),
        _set("proof", "proofPurpose", to="authentication"),
        _set("@context", 1, to="https://evil.example/context"),
        _swap_siblings,
        _drop_site,
    ],
)
def test_an_independent_verifier_refuses_an_altered_credential(alter):
    document = a_credential()
    alter(document)
    with pytest.raises(ProofError):
        strangers_check(document)


def test_an_independent_verifier_refuses_another_key_under_our_did():
    stranger = Ed25519PrivateKey.from_private_bytes(b"\x2b" * 32)
    public = IssuerKey(stranger.public_key().public_bytes_raw())
    document = a_credential()
    del document["proof"]
    for method in (METHOD, f"{DID}#{public.multikey}"):
        forged = secured(document, method=method, created=NOW, sign=stranger.sign)
        with pytest.raises(ProofError):
            strangers_check(forged)
