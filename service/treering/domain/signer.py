"""Who signed a 32-byte digest with an Ethereum key (secp256k1)."""

from coincurve import PublicKey

from treering.domain.keccak import keccak

_HALF = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
_V = {27: 0, 28: 1}


def signer_of(digest: bytes, signature: bytes) -> str | None:
    """The signer's lower-case address; None for what contracts refuse: another length than
    65 bytes, another v than 27 or 28, an s in the upper half (EIP-2)."""
    if len(signature) != 65 or signature[64] not in _V:
        return None
    return recovered(digest, signature[:64], _V[signature[64]])


def recovered(digest: bytes, r_and_s: bytes, parity: int) -> str | None:
    """As `signer_of`, from r and s in 64 bytes and y's parity."""
    if int.from_bytes(r_and_s[32:], "big") > _HALF:
        return None
    try:
        key = PublicKey.from_signature_and_message(r_and_s + bytes([parity]), digest, hasher=None)
    except ValueError:
        return None
    return "0x" + keccak(key.format(compressed=False)[1:])[12:].hex()
