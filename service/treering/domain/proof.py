"""Data Integrity proofs with Ed25519 (W3C VC-DI-EDDSA 1.0): a set of two, each of which stands
alone.

eddsa-jcs-2022 signs the document as canonical JSON (RFC 8785) and needs no context to verify.
eddsa-rdfc-2022 signs its statements as canonical RDF, which wallets of Open Badges check. Each
hashes its own options and the document with SHA-256, and signs the two hashes.

The first format of credentials had one proof, eddsa-jcs-2022, and no set.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785

from treering.domain import instant, multibase, rdf
from treering.domain.issuer_key import IssuerKey, Sign
from treering.errors import CredentialMalformed

Document = dict[str, Any]

JCS, RDFC = "eddsa-jcs-2022", "eddsa-rdfc-2022"
BOTH = (JCS, RDFC)


def secured(
    document: Document,
    *,
    method: str,
    created: datetime,
    sign: Sign,
    suites: Sequence[str] = BOTH,
) -> Document:
    """The document with its proofs. `method` is the DID URL of the key that `sign` holds.

    With `suites` of JCS alone it takes a thirtieth of the time and is as firmly signed.
    """
    options = {
        "type": "DataIntegrityProof",
        "created": instant.to_text(created),
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    proofs = [_proof(document, options | {"cryptosuite": suite}, sign) for suite in suites]
    return {**document, "proof": proofs}


def is_signed(document: Document, key: IssuerKey) -> bool:
    """Whether `key` signed exactly this document, by each of its proofs.

    CredentialMalformed without proofs of ours. The canonical JSON comes first, and only what
    `claims.facts` has read may come here: see `rdf`.
    """
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    return all(_holds(unsecured, proof, key) for proof in proofs_of(document))


def proofs_of(document: Document) -> list[Document]:
    """One eddsa-jcs-2022 proof, and after it at most one eddsa-rdfc-2022."""
    proof = document.get("proof")
    proofs: list[Any] = proof if isinstance(proof, list) else [proof]
    expected = {"type": "DataIntegrityProof", "proofPurpose": "assertionMethod"}
    for found, suite in zip(proofs, BOTH, strict=False):
        wanted = expected | {"cryptosuite": suite}
        if not isinstance(found, dict) or any(found.get(k) != v for k, v in wanted.items()):
            raise CredentialMalformed(f"the document has no {suite} proof")
    if not 1 <= len(proofs) <= len(BOTH):
        raise CredentialMalformed("the document has no eddsa-jcs-2022 proof, or too many")
    return proofs


def _proof(document: Document, options: Document, sign: Sign) -> Document:
    if options["cryptosuite"] == JCS:
        options = options | {"@context": document["@context"]}
    signature = sign(_message(document, options))
    return options | {"proofValue": multibase.encode(signature)}


def _holds(unsecured: Document, proof: Document, key: IssuerKey) -> bool:
    options = dict(proof)
    signature = multibase.decode(options.pop("proofValue", None))
    if options["cryptosuite"] == JCS and options.get("@context") != unsecured.get("@context"):
        return False
    try:
        message = _message(unsecured, options)
    except (ValueError, RecursionError) as error:  # rfc8785 lets UnicodeEncodeError through
        raise CredentialMalformed(f"the document has no canonical form: {error!s:.80}") from error
    return key.signed(message, signature)


def _message(document: Document, options: Document) -> bytes:
    if options["cryptosuite"] == JCS:
        parts = rfc8785.dumps(options), rfc8785.dumps(document)
    else:
        with_context = options | {"@context": document["@context"]}
        parts = rdf.canonical(with_context), rdf.canonical(document)
    return b"".join(sha256(part).digest() for part in parts)
