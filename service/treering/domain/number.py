"""The certificate number: 28 Crockford base32 characters that decode to the record.

TR-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX holds 140 bits: 96 of the tree id, 39 of a keyed MAC
(numbers cannot be walked) and 5 of a check. Each character is an element of GF(32), and
the check makes Σ a^i · c_i = 0 with a generator a of order 31: every single wrong
character and every swap of two is found.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from treering.domain.keyed import keyed
from treering.domain.record import TreeId
from treering.errors import NumberMistyped

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# By hand, since str.upper makes S of ſ and SS of ß: no number was ever written so.
_ALIASES = (
    {c.lower(): c for c in _ALPHABET} | dict.fromkeys("Oo", "0") | dict.fromkeys("IiLl", "1")
)
_LENGTH = 28
_MAC_BITS = 39
_TAIL_BITS = 80  # the last sixteen characters
_SHIFTS = range(_TAIL_BITS - 10, -1, -10)


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """A well-formed number. `mac` has 39 bits; only the programme's key can judge it."""

    tree: TreeId
    mac: int

    def __str__(self) -> str:
        return _written(self.tree << _MAC_BITS | self.mac)


def issue(tree: TreeId, key: bytes) -> CertificateNumber:
    """The number of the certificate for this record, under the programme's 32-byte key."""
    return CertificateNumber(tree, _mac(tree, key))


def is_issued(number: CertificateNumber, key: bytes) -> bool:
    """Whether the programme's key made this number; in constant time."""
    return hmac.compare_digest(
        number.mac.to_bytes(5, "big"), _mac(number.tree, key).to_bytes(5, "big")
    )


def parse(text: str) -> CertificateNumber:
    """Read what a person typed; NumberMistyped says what is wrong with it."""
    values = [_value(character) for character in _significant(text)]
    if len(values) != _LENGTH:
        detail = f"a number has {_LENGTH} characters after TR, this has {len(values)}"
        raise NumberMistyped(detail, "length", right=_LENGTH, count=len(values))
    if _weighed(values) != 0:
        raise NumberMistyped("a character is wrong, or two are swapped", "differs")
    bits = 0
    for value in values[:-1]:
        bits = bits << 5 | value
    return CertificateNumber(TreeId(bits >> _MAC_BITS), bits & (1 << _MAC_BITS) - 1)


def _significant(text: str) -> str:
    if len(text) > 4 * _LENGTH:
        raise NumberMistyped("this is far too long for a number", "long")
    bare = "".join(text.split()).replace("-", "").replace("–", "")
    return bare[2:] if len(bare) > _LENGTH and bare[:2] in {"TR", "Tr", "tR", "tr"} else bare


def _value(character: str) -> int:
    value = _ALPHABET.find(_ALIASES.get(character, character))
    if value < 0:
        detail = f"{character!r} does not stand in any number"
        raise NumberMistyped(detail, "foreign", character=repr(character))
    return value


def _mac(tree: TreeId, key: bytes) -> int:
    digest = _digest(key)(tree.to_bytes(12, "big"))
    return int.from_bytes(digest[:5], "big") >> 1


@lru_cache(maxsize=64)
def _digest(key: bytes) -> Callable[[bytes], bytes]:
    """One a programme."""
    return keyed(key, b"treering/number/v1")


def _written(payload: int) -> str:
    """Two characters at a time; a lot's numbers have their first twelve in common."""
    text, check = _head(payload >> _TAIL_BITS - 5)
    tail = payload << 5
    pairs = [tail >> shift & 1023 for shift in _SHIFTS]
    for pair in pairs:
        check = _TIMES_A2[check] ^ _WEIGHED[pair]
    pairs[-1] |= check  # its own weight is a^0 = 1, so it is what the others sum to
    a, b, c, d, e, f, g, h = [_PAIRS[pair] for pair in pairs]
    return f"{text}{a}{b}-{c}{d}-{e}{f}-{g}{h}"


@lru_cache(maxsize=1024)
def _head(bits: int) -> tuple[str, int]:
    """How the first twelve characters are written, and what they weigh."""
    values = [bits >> 5 * i & 31 for i in reversed(range(12))]
    text = "".join([_ALPHABET[value] for value in values])
    return f"TR-{text[:4]}-{text[4:8]}-{text[8:]}-", _weighed(values)


def _weighed(values: list[int]) -> int:
    """Σ a^i · c_i in GF(32) with x^5 + x^2 + 1 and a = x, by Horner's rule."""
    total = 0
    for value in values:
        total = _TIMES_A[total] ^ value
    return total


# Each element of GF(32), times a and a²; each two characters' weight, and how they are written.
_TIMES_A = [value << 1 if value < 16 else value << 1 ^ 0b100101 for value in range(32)]
_TIMES_A2 = [_TIMES_A[value] for value in _TIMES_A]
_WEIGHED = [_weighed([pair >> 5, pair & 31]) for pair in range(1024)]
_PAIRS = [_ALPHABET[pair >> 5] + _ALPHABET[pair & 31] for pair in range(1024)]
