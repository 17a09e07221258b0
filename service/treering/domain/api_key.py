"""The form of API keys: a prefix that secret scanners find, and a check that spares them doubt.

    treering_<two letters of the role>_<64 hexadecimal digits><8 of their CRC-32>

Keys from before (tr_…, op_…) stay good: what is kept is a hash of whatever a key was.
"""

from hashlib import sha256
from zlib import crc32

from treering.domain.role import Role

SECRET_BYTES = 32
PATTERN = r"treering_(pr|op|re|au|in)_[0-9a-f]{72}"  # for secret scanners
_MARK_DIGITS = 12


def api_key(role: Role, secret: bytes) -> str:
    """The key that these 32 random bytes make."""
    if len(secret) != SECRET_BYTES:
        raise ValueError(f"a key is made of {SECRET_BYTES} bytes, not {len(secret)}")
    digits = secret.hex()
    return f"treering_{role[:2]}_{digits}{crc32(digits.encode()):08x}"


def hash_of(key: str) -> bytes:
    """What is kept of a key."""
    # A key is 256 random bits: there is nothing for a slow hash to protect.
    return sha256(key.encode()).digest()


def mark(hashed: bytes) -> str:
    """What a key is called in lists and logs, which opens nothing."""
    return hashed.hex()[:_MARK_DIGITS]
