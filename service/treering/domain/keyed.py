"""HMAC-SHA256 of many messages under one key and with one beginning, by its definition.

Both hashes are begun once and copied for each message: hmac's own objects take twice as long to
copy, and a call of hmac.digest five times as long as all of it.
"""

from collections.abc import Callable
from hashlib import sha256

_BLOCK = 64


def keyed(key: bytes, beginning: bytes) -> Callable[[bytes], bytes]:
    """The 32 bytes for `beginning` and a message."""
    padded = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in padded) + beginning)
    outer = sha256(bytes(byte ^ 0x5C for byte in padded))

    def digest(message: bytes) -> bytes:
        within, around = inner.copy(), outer.copy()
        within.update(message)
        around.update(within.digest())
        return around.digest()

    return digest
