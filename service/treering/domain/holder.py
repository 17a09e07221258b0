"""The holder of a record: a salted commitment that dies with the holder's secret.

opening = HMAC-SHA256(secret, tree id)
holder  = keccak256("treering/holder/v1" ‖ opening ‖ keccak256(reference))[:20]

Two records of one holder cannot be linked by anybody else. Showing one opening proves one
record and no other.
"""

import hmac
from dataclasses import dataclass, field
from typing import NewType

from treering.domain.keccak import keccak
from treering.domain.record import HOLDER_BYTES, TreeId

SECRET_BYTES = 32
HolderId = NewType("HolderId", int)  # in our books alone


@dataclass(frozen=True, slots=True)
class HolderSecret:
    """What links a holder to his records: 32 random bytes, and the hash of his reference."""

    secret: bytes = field(repr=False)
    reference_hash: bytes = field(repr=False)

    def opening(self, tree: TreeId) -> bytes:
        """The 32 bytes that prove this one record."""
        return hmac.digest(self.secret, tree.to_bytes(12, "big"), "sha256")

    def commitment(self, tree: TreeId) -> bytes:
        """The 20 bytes that stand on chain for the holder of this record."""
        return commitment(self.opening(tree), self.reference_hash)


def commitment(opening: bytes, reference_hash: bytes) -> bytes:
    return keccak(b"treering/holder/v1" + opening + reference_hash)[:HOLDER_BYTES]


def reference_hash(reference: str) -> bytes:
    """keccak256 of the programme's own reference to the holder, such as a user id."""
    return keccak(reference.encode())
