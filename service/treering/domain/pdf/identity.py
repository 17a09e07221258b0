"""Who signs a programme's PDFs: a P-256 key, which PDF readers understand, certified by the
programme's Ed25519 key, which the chain lists. So a PDF's key needs no list of its own.

The certificate (RFC 5280, RFC 8410) has one form and no end: the same keys give the same
bytes, and how long a key was the programme's is told by the chain alone.
"""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.x509 import InvalidVersion, load_der_x509_certificate

from treering.domain.issuer_key import IssuerKey, Sign
from treering.domain.keccak import keccak
from treering.domain.pdf import der
from treering.domain.pdf.der import name, sequence, value

_V3 = value(der.CONTEXT, der.whole(2))
_ED25519 = sequence(name("1.3.101.112"))
_P256 = sequence(name("1.2.840.10045.2.1"), name("1.2.840.10045.3.1.7"))
_ALWAYS = sequence(
    value(der.UTC_TIME, b"160827000000Z"),  # before the first certificate of any programme
    value(der.GENERAL_TIME, b"99991231235959Z"),  # RFC 5280, 4.1.2.5: no known end
)
_TRUE = b"\x01\x01\xff"
_NO_AUTHORITY = sequence(name("2.5.29.19"), _TRUE, value(der.OCTETS, sequence()))
_USAGE = sequence(  # digitalSignature and nonRepudiation
    name("2.5.29.15"), _TRUE, value(der.OCTETS, value(der.BITS, b"\x06\xc0"))
)


def certificate(programme: str, public: bytes, issuer: IssuerKey, sign: Sign) -> bytes:
    """DER. `public` is the P-256 point, 65 bytes; `sign` holds the issuer's key."""
    hashed = keccak(public)
    identifier = sequence(name("2.5.29.14"), value(der.OCTETS, value(der.OCTETS, hashed[:20])))
    body = sequence(
        _V3,
        der.whole(int.from_bytes(hashed[:16], "big") | 1),
        _ED25519,
        _common_name(issuer.multikey),
        _ALWAYS,
        _common_name(programme),
        sequence(_P256, value(der.BITS, b"\0", public)),
        value(der.CONTEXT | 3, sequence(_NO_AUTHORITY, _USAGE, identifier)),
    )
    return sequence(body, _ED25519, value(der.BITS, b"\0", sign(body)))


def key_in(certificate: bytes) -> EllipticCurvePublicKey | None:
    """The P-256 key that a certificate names, whoever issued it."""
    try:
        key = load_der_x509_certificate(certificate).public_key()
    except (ValueError, UnsupportedAlgorithm, InvalidVersion):
        return None
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    return None


def is_issued(certificate: bytes, issuer: IssuerKey) -> bool:
    """Whether `issuer` signed this certificate, which `key_in` has read."""
    read = load_der_x509_certificate(certificate)
    return issuer.signed(read.tbs_certificate_bytes, read.signature)


def _common_name(text: str) -> bytes:
    named = sequence(name("2.5.4.3"), value(der.UTF8, text.encode()))
    return sequence(value(der.SET, named))
