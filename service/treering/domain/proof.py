"""Data Integrity proofs with the cryptosuite eddsa-jcs-2022 (W3C VC-DI-EDDSA 1.0, 3.3).

It needs no context to verify: the document is canonicalised as JSON (RFC 8785), hashed
with SHA-256 beside its proof's own options, and signed with Ed25519.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

import base58
import rfc8785

from treering.domain import instant
from treering.domain.issuer_key import IssuerKey
from treering.errors import CredentialMalformed

Document = dict[str, Any]
Sign = Callable[[bytes], bytes]  # 64-byte Ed25519 signature of a message


def secured(document: Document, *, method: str, created: datetime, sign: Sign) -> Document:
    """The document with its proof. `method` is the DID URL of the key that `sign` holds."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": instant.to_text(created),
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
        "@context": document["@context"],
    }
    signature = sign(_message(document, options))
    return {**document, "proof": {**options, "proofValue": _multibase(signature)}}


def is_signed(document: Document, key: IssuerKey) -> bool:
    """Whether `key` signed exactly this document; CredentialMalformed without a proof of ours."""
    options = dict(proof_of(document))
    signature = _from_multibase(options.pop("proofValue", None))
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    if options.get("@context") != document.get("@context"):
        return False
    try:
        message = _message(unsecured, options)
    except rfc8785.CanonicalizationError as error:
        raise CredentialMalformed(f"the document has no canonical form: {error}") from error
    return key.signed(message, signature)


def proof_of(document: Document) -> Document:
    proof = document.get("proof")
    expected = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "proofPurpose": "assertionMethod",
    }
    if not isinstance(proof, dict) or any(proof.get(k) != v for k, v in expected.items()):
        raise CredentialMalformed("the document has no eddsa-jcs-2022 proof")
    return proof


def _message(document: Document, options: Document) -> bytes:
    return sha256(rfc8785.dumps(options)).digest() + sha256(rfc8785.dumps(document)).digest()


def _multibase(data: bytes) -> str:
    return "z" + base58.b58encode(data).decode()


def _from_multibase(text: object) -> bytes:
    if not isinstance(text, str) or not text.startswith("z") or len(text) > 100:
        raise CredentialMalformed("the proof's value is not base58btc")
    try:
        return base58.b58decode(text[1:])
    except ValueError as error:
        raise CredentialMalformed("the proof's value is not base58btc") from error
