"""A programme's key for credentials: Ed25519, named by its own hash, listed on chain.

The DID is a did:web under the service's address; the key's fragment is its Multikey, so a
verifier reads the key from the proof and asks the chain whether it was the programme's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from treering.domain import multibase
from treering.domain.keccak import keccak
from treering.errors import CredentialMalformed

PUBLIC_BYTES = 32
Sign = Callable[[bytes], bytes]  # 64-byte Ed25519 signature of a message
_AHEAD = timedelta(days=1)  # no honest clock is further before a chain's and a verifier's
_ED25519_MULTICODEC = b"\xed\x01"


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """`public` has PUBLIC_BYTES bytes."""

    public: bytes

    @property
    def id(self) -> bytes:
        """The 32-byte id under which the contract lists the key."""
        return keccak(self.public)

    @property
    def multikey(self) -> str:
        """The key as base58btc multibase, z6Mk…"""
        return multibase.encode(_ED25519_MULTICODEC + self.public)

    @classmethod
    def from_multikey(cls, text: str) -> "IssuerKey":
        """CredentialMalformed for a key of another type, and for what is no key."""
        decoded = multibase.decode(text)
        if len(decoded) != 34 or decoded[:2] != _ED25519_MULTICODEC:
            raise CredentialMalformed("the key is not an Ed25519 Multikey")
        return cls(decoded[2:])

    def signed(self, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def has_come(moment: datetime, now: datetime) -> bool:
    """By any honest clock."""
    return moment <= now + _AHEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedKey:
    """What the chain says of a key: from when, and until when where it is retired."""

    public: bytes
    valid_from: datetime
    retired: datetime | None

    def held_at(self, moment: datetime) -> bool:
        return self.valid_from <= moment and (self.retired is None or moment < self.retired)

    def vouches(self, moment: datetime, now: datetime) -> bool:
        """Of a moment that has not come, nobody knows yet whose key it will be."""
        return has_come(moment, now) and self.held_at(moment)
