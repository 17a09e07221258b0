"""DER (X.690), as much of it as our two forms need: writing values, and taking them apart."""

from collections.abc import Iterator

INTEGER, BITS, OCTETS, NULL, OID, UTF8 = 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C
UTC_TIME, GENERAL_TIME, SEQUENCE, SET = 0x17, 0x18, 0x30, 0x31
CONTEXT = 0xA0  # [0] constructed, and so on


def value(tag: int, *contents: bytes) -> bytes:
    """One value: its tag, its length, its contents one after the other."""
    content = b"".join(contents)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content


def sequence(*contents: bytes) -> bytes:
    return value(SEQUENCE, *contents)


def whole(number: int) -> bytes:
    """A positive INTEGER."""
    return value(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def name(arcs: str) -> bytes:
    """An OBJECT IDENTIFIER, such as 1.2.840.10045.2.1."""
    first, second, *rest = map(int, arcs.split("."))
    return value(OID, bytes([40 * first + second]), *map(_arc, rest))


def parts(content: bytes) -> list[bytes]:
    """The values in a value's content, each with its tag and length; ValueError."""
    return list(_parts(content))


def content(whole_value: bytes) -> bytes:
    """What is in a value, without its tag and length; ValueError."""
    start, end = _span(whole_value)
    return whole_value[start:end]


def first(padded: bytes) -> bytes:
    """The value at the start of these bytes; ValueError."""
    return padded[: _span(padded)[1]]


def _parts(held: bytes) -> Iterator[bytes]:
    while held:
        _, end = _span(held)
        yield held[:end]
        held = held[end:]


def _span(held: bytes) -> tuple[int, int]:
    """Where the content of the first value begins and ends."""
    if len(held) < 2:
        raise ValueError("a value has at least two bytes")
    size = held[1] & 0x7F if held[1] & 0x80 else 0
    start = 2 + size
    end = start + (int.from_bytes(held[2:start], "big") if size else held[1])
    if held[1] == 0x80 or size > 3 or end > len(held):
        raise ValueError("a value is longer than what holds it")
    return start, end


def _arc(arc: int) -> bytes:
    """Seven bits a byte, the high bit set on all but the last."""
    septets = [arc & 0x7F]
    while arc := arc >> 7:
        septets.append(arc & 0x7F | 0x80)
    return bytes(reversed(septets))
