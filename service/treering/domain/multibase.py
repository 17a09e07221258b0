"""Base58btc multibase, as keys and signatures are written in credentials: z, then base58.

One value has one writing: outer spaces, which base58 would tolerate, are refused.
"""

import base58

from treering.errors import CredentialMalformed

_LONGEST = 100  # a signature has 88 characters; decoding takes the square of the length


def encode(data: bytes) -> str:
    return "z" + base58.b58encode(data).decode()


def decode(text: object) -> bytes:
    """The bytes; CredentialMalformed if it is no text, too long or written otherwise."""
    if not isinstance(text, str) or not text.startswith("z") or len(text) > _LONGEST:
        raise CredentialMalformed("a key or signature is not base58btc")
    try:
        decoded: bytes = base58.b58decode(text[1:])
    except ValueError as error:
        raise CredentialMalformed("a key or signature is not base58btc") from error
    if encode(decoded) != text:
        raise CredentialMalformed("a key or signature has spaces around it")
    return decoded
