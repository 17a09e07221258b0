"""COSE_Sign1 with Ed25519 (RFC 9052, 4.2 and 4.4): a payload and who signed it, in a few bytes.

One value has one writing: what would be read but not written so is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cbor2

from treering.domain.issuer_key import IssuerKey
from treering.errors import CredentialMalformed

_TAG = 18
_ALGORITHM, _KEY_ID = 1, 4  # labels of the protected header
_EDDSA = -8
_LONGEST = 1024
_FAULTS = (cbor2.CBORDecodeError, cbor2.CBOREncodeError, TypeError, ValueError, OverflowError)
# Python ends no process over these, but cbor2's decoders of exotic tags raise what they like.
_FAULTS_OF_TAGS = (AttributeError, LookupError, ArithmeticError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class Signed:
    """A message as it was read. Nothing here is checked yet."""

    payload: bytes
    key_id: bytes
    signature: bytes

    def is_by(self, key: IssuerKey) -> bool:
        return key.signed(_to_sign(self.payload, self.key_id), self.signature)


def sign(payload: bytes, key_id: bytes, signer: Callable[[bytes], bytes]) -> bytes:
    """The tagged message; `signer` gives the 64-byte Ed25519 signature of its argument."""
    return _written(Signed(payload, key_id, signer(_to_sign(payload, key_id))))


def read(data: bytes, longest: int = _LONGEST) -> Signed:
    """CredentialMalformed for anything but a message as `sign` writes it."""
    tag = decoded(data, longest)
    try:
        protected, _, payload, signature = tag.value
        signed = Signed(payload, decoded(protected)[_KEY_ID], signature)
        parts = (signed.payload, signed.key_id, signed.signature)
        same = all(type(part) is bytes for part in parts) and _written(signed) == data
    except (*_FAULTS, *_FAULTS_OF_TAGS) as error:
        raise CredentialMalformed("this is no COSE_Sign1 message") from error
    if not same or len(signed.signature) != 64:
        raise CredentialMalformed("this is no COSE_Sign1 message of ours")
    return signed


def encoded(value: Any) -> bytes:
    """The one deterministic writing of a value (RFC 8949, 4.2)."""
    written: bytes = cbor2.dumps(value, canonical=True)
    return written


def decoded(data: bytes, longest: int = _LONGEST) -> Any:
    """The value; CredentialMalformed if the bytes are not the one writing of one value."""
    if type(data) is not bytes or len(data) > longest:
        raise CredentialMalformed(f"it is longer than {longest} bytes, or no bytes")
    try:
        value = cbor2.loads(data)
        same = encoded(value) == data
    except (*_FAULTS, *_FAULTS_OF_TAGS) as error:
        raise CredentialMalformed("it is not CBOR") from error
    if not same:
        raise CredentialMalformed("it is written otherwise than we write it")
    return value


def _written(signed: Signed) -> bytes:
    body = [_protected(signed.key_id), {}, signed.payload, signed.signature]
    return encoded(cbor2.CBORTag(_TAG, body))


def _protected(key_id: bytes) -> bytes:
    return encoded({_ALGORITHM: _EDDSA, _KEY_ID: key_id})


def _to_sign(payload: bytes, key_id: bytes) -> bytes:
    """Sig_structure of RFC 9052, 4.4, without external data."""
    return encoded(["Signature1", _protected(key_id), b"", payload])
