"""The signature in a PDF: CMS (RFC 5652) in the profile of PAdES baseline B (EN 319 142-1).

It has one form. `opened` makes it again from what it holds and compares: a second way of
writing the same, an attribute or certificate more, is refused. So is the other of the two
signatures that ECDSA allows for one message (s and n - s).
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from treering.domain.pdf import der
from treering.domain.pdf.der import name, sequence, value
from treering.domain.pdf.identity import key_in

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
_V1 = der.whole(1)
_DATA = name("1.2.840.113549.1.7.1")
_SIGNED_DATA = name("1.2.840.113549.1.7.2")
_SHA256 = sequence(name("2.16.840.1.101.3.4.2.1"))
_ECDSA_SHA256 = sequence(name("1.2.840.10045.4.3.2"))
_CONTENT_TYPE = name("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = name("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE = name("1.2.840.113549.1.9.16.2.47")


@dataclass(frozen=True, slots=True)
class Envelope:
    """`certificate` and `signature` are DER."""

    certificate: bytes
    signature: bytes

    def der(self, digest: bytes) -> bytes:
        """The CMS over a document of this SHA-256."""
        signer = sequence(
            _V1,
            _named(self.certificate),
            _SHA256,
            value(der.CONTEXT, _attributes(self.certificate, digest)),
            _ECDSA_SHA256,
            value(der.OCTETS, self.signature),
        )
        signed = sequence(
            _V1,
            value(der.SET, _SHA256),
            sequence(_DATA),
            value(der.CONTEXT, self.certificate),
            value(der.SET, signer),
        )
        return sequence(_SIGNED_DATA, value(der.CONTEXT, signed))

    def is_signed(self, digest: bytes) -> bool:
        """Whether the certificate's own key signed a document of this SHA-256."""
        key = key_in(self.certificate)
        signed = message(self.certificate, digest)
        return key is not None and _is_signature(key, self.signature, signed)


@dataclass(frozen=True, slots=True)
class Notary:
    """A programme's key for PDFs: `certificate` is DER, `sign` gives ECDSA signatures in DER."""

    certificate: bytes
    sign: Callable[[bytes], bytes]

    def sealed(self, digest: bytes) -> bytes:
        """The CMS over a document of this SHA-256."""
        signature = normal(self.sign(message(self.certificate, digest)))
        return Envelope(self.certificate, signature).der(digest)


def message(certificate: bytes, digest: bytes) -> bytes:
    """What is signed: the document's SHA-256, bound to the signer's certificate."""
    return value(der.SET, _attributes(certificate, digest))


def opened(padded: bytes, digest: bytes) -> Envelope | None:
    """The envelope in these bytes, zeros after it; None if it is written in no form of ours."""
    try:
        found = _read(der.first(padded))
        same = found.der(digest).ljust(len(padded), b"\0") == padded
    except (ValueError, IndexError):
        return None
    return found if same else None


def normal(signature: bytes) -> bytes:
    """The one of the two equal signatures whose s is the smaller."""
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, _ORDER - s))


def _read(envelope: bytes) -> Envelope:
    """From where `der` has put them; ValueError or IndexError for another structure."""
    signed = der.parts(der.content(der.content(der.parts(der.content(envelope))[1])))
    signer = der.parts(der.content(der.content(signed[4])))
    return Envelope(certificate=der.content(signed[3]), signature=der.content(signer[5]))


def _is_signature(key: EllipticCurvePublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return normal(signature) == signature


def _named(certificate: bytes) -> bytes:
    """The certificate's issuer and serial number."""
    body = der.parts(der.content(der.parts(der.content(certificate))[0]))
    return sequence(body[3], body[1])


def _attributes(certificate: bytes, digest: bytes) -> bytes:
    """Content type, digest and signing certificate (RFC 5035), in the order of their bytes."""
    hashed = sequence(sequence(sequence(value(der.OCTETS, sha256(certificate).digest()))))
    return b"".join(
        sequence(kind, value(der.SET, said))
        for kind, said in (
            (_CONTENT_TYPE, _DATA),
            (_MESSAGE_DIGEST, value(der.OCTETS, digest)),
            (_SIGNING_CERTIFICATE, hashed),
        )
    )
