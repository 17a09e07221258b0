"""Keccak-256, the hash of records, batches, holders and everything on chain."""

from sha3 import keccak_256


def keccak(data: bytes) -> bytes:
    """The 32-byte Keccak-256 hash that Ethereum uses (not NIST's SHA3-256)."""
    digest: bytes = keccak_256(data).digest()
    return digest
