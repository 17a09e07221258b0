"""Two verifiers that are none of ours accept our credentials, and refuse what was altered.

openvc-core, in Python, takes one proof of a set at a time, so it is handed each. Digital
Bazaar's libraries, in Node, take the set; they are content with one proof that holds, so
`tests/independent/verify.mjs` asks for all. Neither has a network.
"""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openvc.did.did_web import DidWebResolver
from openvc.errors import OpenvcError
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_jcs import EddsaJcsProofSuite

from tests.domain.example import (
    BASE_URL,
    DID,
    ISSUER,
    METHOD,
    NOW,
    a_credential,
    a_first_credential,
)
from treering.domain import contexts
from treering.domain.issuer_key import IssuerKey
from treering.domain.proof import BOTH, JCS, RDFC, secured

Document = dict[str, Any]
NODE_PROJECT = Path(__file__).parents[1] / "independent"
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
OURS = {BASE_URL + contexts.OURS_PATH: json.loads(contexts.OURS)}


def in_python(document: Document, suite: str) -> None:
    """As a stranger does it: from JSON, with the key of the did:web document; OpenvcError."""
    web = {"https://treering.example/programmes/ANT_FOREST/did.json": DID_DOCUMENT}
    known: Document = {"resolver": DidWebResolver(web.__getitem__), "now": NOW}
    copied = json.loads(json.dumps(document))
    if suite == JCS:
        verified = EddsaJcsProofSuite().verify(copied, **known)
    else:
        shipped = {contexts.OPEN_BADGES: contexts.shipped(contexts.OPEN_BADGES)} | OURS
        verified = DataIntegrityProofSuite().verify(copied, **known, extra_contexts=shipped)
    assert verified.issuer == DID


def in_node(documents: list[Document]) -> list[Document]:
    """What Digital Bazaar's libraries say of each."""
    questions = [
        {"credential": d, "didDocument": DID_DOCUMENT, "ours": OURS, "now": NOW.isoformat()}
        for d in documents
    ]
    done = subprocess.run(
        ["node", "verify.mjs"],
        cwd=NODE_PROJECT,
        input="\n".join(map(json.dumps, questions)),
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def one_of(document: Document, place: int) -> Document:
    """The document with one proof of its set."""
    return document | {"proof": document["proof"][place]}


def test_the_python_verifier_accepts_each_proof_of_ours():
    for place, suite in enumerate(BOTH):
        in_python(one_of(a_credential(), place), suite)


def test_the_node_verifier_accepts_the_set_and_each_proof_alone():
    document = a_credential()
    answers = in_node([document, one_of(document, 0), one_of(document, 1)])
    assert [answer["suites"] for answer in answers] == [[JCS, RDFC], [JCS], [RDFC]]
    assert all(answer["verified"] for answer in answers)


def test_the_python_verifier_accepts_the_first_format():
    in_python(a_first_credential(), JCS)


def _set(*path: str | int, to: object) -> Callable[[Document], None]:
    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return change


def _swap_siblings(document: Document) -> None:
    document["evidence"][0]["merkleProof"].reverse()


def _drop_site(document: Document) -> None:
    del document["credentialSubject"]["site"]


def _both(name: str, to: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        for proof in document["proof"]:
            proof[name] = to

    return change


MUTATIONS = [
    _set("credentialSubject", "holderName", to="李*"),
    _set("credentialSubject", "serial", to=9),
    _set("credentialSubject", "plantingYear", to="2019-2020"),
    _set("credentialSubject", "siteName", "zh", to="别处"),
    _set("credentialSubject", "achievement", "criteria", "narrative", to="planted"),
    _set("issuer", "id", to="did:web:evil.example"),
    _set("validFrom", to="2026-11-22T07:59:59Z"),
    _set("evidence", 0, "record", to="0x" + "00" * 32),
    _set("credentialStatus", "treeId", to="0x" + "00" * 12),
    _set("@context", 2, to="https://evil.example/ns/treering/v2"),
    _both("created", "2026-11-22T07:59:59Z"),
    _both("verificationMethod", f"{DID}#other"),
    _both("proofPurpose", "authentication"),
    _swap_siblings,
    _drop_site,
]


def altered() -> list[Document]:
    documents = [a_credential() for _ in MUTATIONS]
    for document, alter in zip(documents, MUTATIONS, strict=True):
        alter(document)
    return documents


@pytest.mark.parametrize("place", [0, 1], ids=BOTH)
@pytest.mark.parametrize("number", range(len(MUTATIONS)))
def test_the_python_verifier_refuses_an_altered_credential(number, place):
    document = altered()[number]
    with pytest.raises(OpenvcError):
        in_python(one_of(document, place), BOTH[place])


def test_the_node_verifier_refuses_every_altered_credential():
    documents = altered()
    alone = [one_of(document, place) for document in documents for place in (0, 1)]
    answers = in_node([*documents, *alone])
    assert len(answers) == 3 * len(MUTATIONS)
    assert [n for n, answer in enumerate(answers) if answer["verified"]] == []


def test_neither_verifier_accepts_another_key_under_our_did():
    stranger = Ed25519PrivateKey.from_private_bytes(b"\x2b" * 32)
    public = IssuerKey(stranger.public_key().public_bytes_raw())
    document = a_credential()
    del document["proof"]
    forged = [
        secured(document, method=method, created=NOW, sign=stranger.sign)
        for method in (METHOD, f"{DID}#{public.multikey}")
    ]
    for forgery in forged:
        for place, suite in enumerate(BOTH):
            with pytest.raises(OpenvcError):
                in_python(one_of(forgery, place), suite)
    assert [answer["verified"] for answer in in_node(forged)] == [False, False]
