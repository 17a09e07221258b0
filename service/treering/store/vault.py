"""Secrets at rest: AES-256-GCM under one master key, bound to what each secret is for."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HOLDER = "holder"  # what a holder's box is sealed for
_NONCE_BYTES = 12
_TAG_BYTES = 16
BOX_BYTES = _NONCE_BYTES + 64 + _TAG_BYTES  # a holder's: a secret and the hash of a reference


@dataclass(frozen=True, slots=True)
class Vault:
    """`key` has 32 bytes. A box opened for another purpose than it was sealed for fails."""

    key: bytes = field(repr=False)

    def seal(self, secret: bytes, purpose: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + _cipher(self.key).encrypt(nonce, secret, purpose.encode())

    def seal_many(self, secrets: Sequence[bytes], purpose: str) -> list[bytes]:
        """As `seal` each, at half its price, and the kernel is asked for nonces once: each asking
        lets another thread in, which may keep the interpreter for a while."""
        encrypt, context = _cipher(self.key).encrypt, purpose.encode()
        random = os.urandom(_NONCE_BYTES * len(secrets))
        nonces = [random[i : i + _NONCE_BYTES] for i in range(0, len(random), _NONCE_BYTES)]
        return [
            nonce + encrypt(nonce, secret, context)
            for nonce, secret in zip(nonces, secrets, strict=True)
        ]

    def open(self, box: bytes, purpose: str) -> bytes:
        """cryptography's InvalidTag if the box is not ours, or of another purpose."""
        return self.open_many([box], purpose)[0]

    def open_many(self, boxes: Sequence[bytes], purpose: str) -> list[bytes]:
        """Many at once, in their order; InvalidTag if any of them does not open."""
        if any(len(box) < _NONCE_BYTES + _TAG_BYTES for box in boxes):
            raise InvalidTag
        decrypt, bound_to = _cipher(self.key).decrypt, purpose.encode()
        return [decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], bound_to) for box in boxes]


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    """Setting a key up costs as much as opening a box."""
    return AESGCM(key)
