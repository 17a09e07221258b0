"""JPEG 2000 without what cameras and people write into it: its pixels stay the same bytes.

Of the file's boxes (ISO 15444-1, annex I) those that a decoder needs are kept; of the
codestream's header, comments are not.
"""

from collections.abc import Iterator

_SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"
_NEEDED = {b"jP  ", b"ftyp", b"jp2h", b"jp2c"}
_START, _COMMENT, _TILE = b"\xff\x4f", b"\xff\x64", b"\xff\x90"


def stripped(content: bytes) -> bytes:
    """ValueError if it is neither a JP2 nor a codestream alone."""
    if content.startswith(_START):
        return _uncommented(content)
    if not content.startswith(_SIGNATURE):
        raise ValueError("no JPEG 2000")
    return b"".join(_box(kind, payload) for kind, payload in _boxes(content) if kind in _NEEDED)


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(content):
        size, kind, head = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(content[at + 8 : at + 16], "big"), 16
        elif size == 0:  # to the end of the file
            size = len(content) - at
        if size < head or at + size > len(content):
            raise ValueError("a box is cut off")
        yield kind, content[at + head : at + size]
        at += size


def _box(kind: bytes, payload: bytes) -> bytes:
    if kind == b"jp2c":
        payload = _uncommented(payload)
    return (8 + len(payload)).to_bytes(4, "big") + kind + payload


def _uncommented(codestream: bytes) -> bytes:
    kept, at = codestream[:2], 2
    while codestream[at : at + 2] != _TILE:
        end = at + 2 + int.from_bytes(codestream[at + 2 : at + 4], "big")
        if codestream[at : at + 1] != b"\xff" or end - at < 4 or end > len(codestream):
            raise ValueError("a segment is cut off")
        if codestream[at : at + 2] != _COMMENT:
            kept += codestream[at:end]
        at = end
    return kept + codestream[at:]
