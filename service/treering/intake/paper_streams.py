"""Streams of a PDF: how they are packed, how much they unpack to, and the photos in them."""

import base64
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf

from treering.errors import EvidenceRefused
from treering.intake import jp2, jpeg

MOST_UNPACKED = 512 << 20  # bytes of all streams together
_MOST_PICTURE = 64 << 20
_PIECE = 1 << 20
_PHOTOS = {"/DCTDecode": jpeg.stripped, "/JPXDecode": jp2.stripped}
# What cameras write begins so. It stands in no stream but a photo's, where it is taken out.
_CAMERAS = re.compile(rb"Exif\0\0|http://ns\.adobe\.com/xap/|<x:xmpmeta|<\?xpacket")
_LONGEST = 32


def streams(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Stream]:
    return (each for each in pdf.objects if isinstance(each, pikepdf.Stream))


def bound(pdf: pikepdf.Pdf) -> None:
    """EvidenceRefused for what unpacks to more than a report has, or is packed twice."""
    unpacked = 0
    for stream in streams(pdf):
        packings = _filters(stream)
        if packings.count("/FlateDecode") > 1 or "/LZWDecode" in packings:
            raise EvidenceRefused("a stream is packed in a way that no report needs")
        if packings[:1] == ["/FlateDecode"]:
            packed = bytes(stream.read_raw_bytes())
            unpacked += sum(map(len, _unpacked(packed, MOST_UNPACKED - unpacked)))


def strip_photos(pdf: pikepdf.Pdf) -> None:
    """Photos without their cameras' words, however they are packed; EvidenceRefused for such
    words anywhere else, as in a picture within a page's own drawing."""
    for stream in streams(pdf):
        packings = _filters(stream)
        if packings and packings[-1] in _PHOTOS:
            picture = _PHOTOS[packings[-1]](_unwrapped(stream, packings[:-1]))
            stream.write(picture, filter=pikepdf.Name(packings[-1]), decode_parms=_own(stream))
        else:
            _check_words(stream, packings)


def _check_words(stream: pikepdf.Stream, packings: list[str]) -> None:
    raw, before = bytes(stream.read_raw_bytes()), b""
    pieces = _unpacked(raw, MOST_UNPACKED) if packings == ["/FlateDecode"] else iter([raw])
    for piece in pieces:
        if _CAMERAS.search(before + piece):
            raise EvidenceRefused("a camera's words stand where they cannot be taken out")
        before = piece[-_LONGEST:]


def _filters(stream: pikepdf.Stream) -> list[str]:
    told: Any = stream.get("/Filter")
    if told is None:
        return []
    return [str(one) for one in told] if isinstance(told, pikepdf.Array) else [str(told)]


def _own(stream: pikepdf.Stream) -> Any:
    """The photo's own parameters, not those of what it was packed in."""
    told: Any = stream.get("/DecodeParms")
    if isinstance(told, pikepdf.Array):
        told = told[-1] if len(told) else None
    return told


def _unwrapped(stream: pikepdf.Stream, packings: list[str]) -> bytes:
    """ValueError for what does not unpack."""
    found = bytes(stream.read_raw_bytes())
    for packing in packings:
        if packing == "/FlateDecode":
            found = b"".join(_unpacked(found, _MOST_PICTURE))
        elif packing == "/ASCII85Decode":
            found = base64.a85decode(found.strip().removeprefix(b"<~").partition(b"~>")[0])
        elif packing == "/ASCIIHexDecode":
            found = bytes.fromhex(found.partition(b">")[0].decode("ascii"))
        else:
            raise EvidenceRefused("a photo is packed in a way that no report needs")
    return found


def _unpacked(packed: bytes, room: int) -> Iterator[bytes]:
    """In pieces, at most so many bytes."""
    unpacker, found, waiting = zlib.decompressobj(), 0, packed
    while waiting and not unpacker.eof:
        try:
            piece = unpacker.decompress(waiting, _PIECE)
        except zlib.error as error:
            raise EvidenceRefused(f"a stream of the PDF is broken: {error}") from error
        found += len(piece)
        if found > room:
            raise EvidenceRefused(f"it unpacks to more than {room >> 20} MiB")
        yield piece
        waiting = unpacker.unconsumed_tail
