"""The exact shape of a credential: which parts it has, of which kind, and no other.

A dict stands for an object with exactly these members, a tuple for an array of exactly these
parts, a list for an array of any length of its one kind, a type for a value of that type.
"""

from typing import Any

_NODE = {"id": str, "type": [str]}
_PROOF = {
    "type": str,
    "cryptosuite": str,
    "created": str,
    "verificationMethod": str,
    "proofPurpose": str,
    "proofValue": str,
}
PROOFS = (_PROOF | {"@context": [str]}, _PROOF)  # eddsa-jcs-2022, eddsa-rdfc-2022

DOCUMENT = _NODE | {
    "@context": [str],
    "name": str,
    "issuer": _NODE | {"name": str},
    "validFrom": str,
    "credentialSubject": {
        "type": [str],
        "identifier": ({"type": str, "hashed": bool, "identityHash": str, "identityType": str},),
        "achievement": _NODE | {"name": str, "description": str, "criteria": {"narrative": str}},
        "number": str,
        "holderName": str,
        "programme": str,
        "lot": str,
        "serial": int,
        "site": str,
        "siteName": {"en": str, "zh": str},
        "species": str,
        "unit": str,
        "plantingYear": int,
        "redeemedAt": str,
    },
    "evidence": (
        _NODE
        | {
            "record": str,
            "firstSerial": int,
            "count": int,
            "root": str,
            "merkleProof": [str],
            "chainId": int,
            "contract": str,
            "transaction": str,
            "block": int,
            "blockHash": str,
        },
    ),
    "credentialStatus": {
        "id": str,
        "type": str,
        "statusPurpose": str,
        "chainId": int,
        "contract": str,
        "treeId": str,
    },
    "termsOfUse": ({"id": str, "type": str},),
    "relatedResource": ({"id": str, "mediaType": str, "digestSRI": str},),
}


def has_shape(value: Any, shape: Any) -> bool:
    """Whether the value has this shape, all the way down."""
    if isinstance(shape, dict):
        return (
            isinstance(value, dict)
            and value.keys() == shape.keys()
            and all(has_shape(value[name], shape[name]) for name in shape)
        )
    if isinstance(shape, tuple):
        return (
            isinstance(value, list)
            and len(value) == len(shape)
            and all(map(has_shape, value, shape))
        )
    if isinstance(shape, list):
        return isinstance(value, list) and all(has_shape(part, shape[0]) for part in value)
    return type(value) is shape
