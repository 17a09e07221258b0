"""JPEG without what cameras and people write into it: its pixels stay the same bytes.

Kept are the segments that a decoder needs. A colour profile, which is text and bytes of anybody's
choice, goes as it does from other pictures. Whatever stands behind the picture's end (a second
picture, a ZIP) is dropped.
"""

from collections.abc import Iterator

_STANDALONE = {0x01, *range(0xD0, 0xD8)}  # TEM and restart markers have no length
_DECODED = {*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDD}  # frames, tables, scans
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_APP14, _ADOBE = 0xEE, b"Adobe"  # says how colours are to be turned, in twelve bytes
_ADOBES = 12


def stripped(content: bytes) -> bytes:
    """ValueError if it is no JPEG from its first byte to its end marker."""
    if content[:2] != b"\xff\xd8":
        raise ValueError("no start of image")
    return b"\xff\xd8" + b"".join(_kept(content)) + b"\xff\xd9"


def _kept(content: bytes) -> Iterator[bytes]:
    at = 2
    while True:
        marker, at = _marker(content, at)
        if marker == _END:
            return
        if marker in _STANDALONE:
            continue
        length = int.from_bytes(content[at : at + 2], "big")
        payload = content[at + 2 : at + length]
        if length < 2 or len(payload) != length - 2:
            raise ValueError("a segment is cut off")
        if marker == _APP14 and payload.startswith(_ADOBE):
            payload = payload[:_ADOBES]
        elif marker not in _DECODED:
            payload = b""
        if payload:
            head = b"\xff" + bytes([marker])
            yield head + (len(payload) + 2).to_bytes(2, "big") + payload
        at += length
        if marker == _SCAN:
            end = _end_of_scan(content, at)
            yield content[at:end]
            at = end


def _marker(content: bytes, at: int) -> tuple[int, int]:
    """The marker at `at`, after any fill bytes, and where what follows it begins."""
    if content[at : at + 1] != b"\xff":
        raise ValueError("no marker where one must be")
    while content[at : at + 1] == b"\xff":
        at += 1
    if at >= len(content):
        raise ValueError("it has no end")
    return content[at], at + 1


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker that ends coded data begins."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise ValueError("it has no end")
        following = content[at + 1]
        if following == 0 or following in _STANDALONE:
            at += 2
        elif following == 0xFF:
            at += 1
        else:
            return at
