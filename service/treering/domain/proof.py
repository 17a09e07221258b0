"""Data Integrity proofs with the cryptosuite eddsa-jcs-2022 (W3C VC-DI-EDDSA 1.0, 3.3).

It needs no context to verify: the document is canonicalised as JSON (RFC 8785), hashed
with SHA-256 beside its proof's own options, and signed with Ed25519.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785

from treering.domain import instant, multibase
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
    return {**document, "proof": {**options, "proofValue": multibase.encode(signature)}}


def is_signed(document: Document, key: IssuerKey) -> bool:
    """Whether `key` signed exactly this document; CredentialMalformed without a proof of ours."""
    options = dict(proof_of(document))
    signature = multibase.decode(options.pop("proofValue", None))
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    if options.get("@context") != document.get("@context"):
        return False
    try:
        message = _message(unsecured, options)
    except (ValueError, RecursionError) as error:  # rfc8785 lets UnicodeEncodeError through
        raise CredentialMalformed(f"the document has no canonical form: {error!s:.80}") from error
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
