"""A JSON document signed as a whole with Ed25519, over its canonical form (RFC 8785).

The signature stands in the document, as its member `signature`, and is over all the others.
Whether the key is the right person's is for the reader to know: the document names it.
"""

from collections.abc import Mapping
from typing import Any

import rfc8785

from treering.domain.issuer_key import IssuerKey, Sign
from treering.errors import AuditReportUnreadable, CredentialMalformed

MEMBER = "signature"
_ALGORITHM = "Ed25519 over RFC 8785, without this member"


def signed(document: Mapping[str, Any], key: IssuerKey, sign: Sign) -> dict[str, Any]:
    """The document with its signature; it has whole numbers, texts, lists and objects only."""
    value = sign(_canonical(document)).hex()
    signature = {"algorithm": _ALGORITHM, "key": key.multikey, "value": "0x" + value}
    return {**document, MEMBER: signature}


def opened(document: object) -> tuple[dict[str, Any], IssuerKey]:
    """What was signed, and by which key; AuditReportUnreadable unless the signature holds."""
    if not isinstance(document, dict) or not isinstance(document.get(MEMBER), dict):
        raise AuditReportUnreadable("it is not signed")
    signature = document[MEMBER]
    inner = {name: value for name, value in document.items() if name != MEMBER}
    try:
        key = IssuerKey.from_multikey(signature["key"])
        value = bytes.fromhex(str(signature["value"]).removeprefix("0x"))
        holds = signature["algorithm"] == _ALGORITHM and key.signed(_canonical(inner), value)
    except (CredentialMalformed, KeyError, ValueError) as error:
        raise AuditReportUnreadable(f"its signature cannot be read: {error}") from error
    if not holds:
        raise AuditReportUnreadable("it was changed after it was signed, or by another key")
    return inner, key


def _canonical(document: Mapping[str, Any]) -> bytes:
    """ValueError where it has no canonical form, such as for numbers beyond 2^53."""
    try:
        return rfc8785.dumps(dict(document))
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        raise ValueError(str(error)) from error
