"""Bytes in pieces, unpacked where they are packed with gzip; a bomb is refused."""

import zlib
from collections.abc import Iterable, Iterator

from treering.errors import LoadUnreadable

_MAGIC = b"\x1f\x8b"
_PIECE = 1 << 20
_RATIO = 100  # JSON lines pack 10 to 20 times; what unpacks to more was made to
_ALLOWANCE = 1 << 20  # before that, a ratio says nothing


def unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces themselves, or what is packed in them. LoadUnreadable."""
    source = iter(pieces)
    first = b""
    for piece in source:
        first += piece
        if len(first) >= len(_MAGIC):
            break
    if first.startswith(_MAGIC):
        yield from _gunzipped(first, source)
    else:
        yield first
        yield from source


def _gunzipped(packed: bytes, source: Iterator[bytes]) -> Iterator[bytes]:
    taken, given = 0, 0
    member, begun = zlib.decompressobj(wbits=31), False
    while packed:
        taken += len(packed)
        while packed:
            begun = True
            piece = _piece(member, packed)
            given += len(piece)
            if given > _ALLOWANCE + _RATIO * taken:
                raise LoadUnreadable(f"it unpacks to more than {_RATIO} times its size")
            yield piece
            packed = member.unconsumed_tail
            if member.eof:  # a file may hold several members, one after the other
                packed = member.unused_data
                member, begun = zlib.decompressobj(wbits=31), False
        packed = next(source, b"")
    if begun:
        raise LoadUnreadable("its gzip is cut off")


def _piece(member: "zlib._Decompress", packed: bytes) -> bytes:
    try:
        return member.decompress(packed, _PIECE)
    except zlib.error as error:
        raise LoadUnreadable(f"its gzip is damaged: {error}") from error
