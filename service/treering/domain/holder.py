"""The holder of a record: a salted commitment that dies with the holder's secret.

opening = HMAC-SHA256(secret, tree id)
holder  = keccak256("treering/holder/v1" ‖ opening ‖ keccak256(reference))[:20]

Two records of one holder cannot be linked by anybody else. Showing one opening proves one
record and no other.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NewType

from treering.domain.keccak import keccak
from treering.domain.kernel.engine import Worth
from treering.domain.record import HOLDER_BYTES, TreeId

SECRET_BYTES = 32
HolderId = NewType("HolderId", int)  # in our books alone

_MARK = b"treering/holder/v1"
_worth = Worth()
# HMAC's pads (RFC 2104): a key of 32 bytes in SHA-256's block of 64.
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))
_INNER_REST, _OUTER_REST = _INNER[:1] * 32, _OUTER[:1] * 32


@dataclass(frozen=True, slots=True)
class HolderSecret:
    """What links a holder to his records: 32 random bytes, and the hash of his reference."""

    secret: bytes = field(repr=False)
    reference_hash: bytes = field(repr=False)

    def opening(self, tree: TreeId) -> bytes:
        """The 32 bytes that prove this one record."""
        return hmac.digest(self.secret, tree.to_bytes(12, "big"), "sha256")

    def name_salt(self, tree: TreeId) -> bytes:
        """The 32 bytes that hide a name. The opening does not betray them, nor they it: each
        can be shown without the other."""
        return hmac.digest(self.secret, b"name" + tree.to_bytes(12, "big"), "sha256")

    def commitment(self, tree: TreeId) -> bytes:
        """The 20 bytes that stand on chain for the holder of this record."""
        return commitment(self.opening(tree), self.reference_hash)


def commitment(opening: bytes, reference_hash: bytes) -> bytes:
    return keccak(_MARK + opening + reference_hash)[:HOLDER_BYTES]


def commitments(first: TreeId, holders: Iterable[bytes]) -> bytes:
    """The commitments of consecutive records from a tree id on, 20 bytes each.

    A holder is his secret and the hash of his reference, 64 bytes. HolderSecret.commitment
    gives the same one by one; here HMAC is written out, since a call of `hmac.digest` costs as
    much again as what it hashes.
    """
    openings, references = [], []
    for tree, holder in enumerate(holders, first):
        secret, reference_hash = holder[:SECRET_BYTES], holder[SECRET_BYTES:]
        inner = sha256(secret.translate(_INNER) + _INNER_REST + tree.to_bytes(12, "big")).digest()
        openings.append(sha256(secret.translate(_OUTER) + _OUTER_REST + inner).digest())
        references.append(reference_hash)
    if kernel := _worth.kernel(len(openings)):
        return kernel.commitments(b"".join(openings), b"".join(references))
    return b"".join(map(commitment, openings, references))


def reference_hash(reference: str) -> bytes:
    """keccak256 of the programme's own reference to the holder, such as a user id."""
    return keccak(reference.encode())
