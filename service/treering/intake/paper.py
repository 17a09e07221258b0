"""PDF reports of evidence: without authors, scripts, attachments, and cameras' words in their
pictures; and not one that unpacks without end."""

import io
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf

from treering.errors import EvidenceRefused
from treering.intake import jpeg
from treering.intake.picture import Clean

MOST_PAGES = 2_000
MOST_UNPACKED = 512 << 20  # bytes of all streams together
_PIECE = 1 << 20
_OF_ROOT = ("/Metadata", "/OpenAction", "/AA", "/AcroForm", "/PieceInfo", "/Collection", "/AF")
_OF_NAMES = ("/JavaScript", "/EmbeddedFiles")
_ANYWHERE = ("/Metadata", "/PieceInfo", "/AA", "/LastModified", "/JS", "/EF")


def cleaned(content: bytes) -> Clean:
    """EvidenceRefused for what is no PDF, is locked, or unpacks to more than a report has."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if len(pdf.pages) > MOST_PAGES:
                raise EvidenceRefused(f"{len(pdf.pages)} pages, at most {MOST_PAGES} are taken")
            _bound(pdf)
            _strip(pdf)
            out = io.BytesIO()
            pdf.remove_unreferenced_resources()
            pdf.save(out, deterministic_id=True)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError) as error:
        raise EvidenceRefused(f"the PDF cannot be read: {error}") from error
    return Clean("application/pdf", out.getvalue())


def _streams(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Stream]:
    return (each for each in pdf.objects if isinstance(each, pikepdf.Stream))


def _bound(pdf: pikepdf.Pdf) -> None:
    unpacked = 0
    for stream in _streams(pdf):
        filters = _filters(stream)
        if filters.count("/FlateDecode") > 1 or "/LZWDecode" in filters:
            raise EvidenceRefused("a stream is packed in a way that no report needs")
        if filters[:1] == ["/FlateDecode"]:
            unpacked += _unpacked(bytes(stream.read_raw_bytes()), MOST_UNPACKED - unpacked)


def _filters(stream: pikepdf.Stream) -> list[str]:
    told: Any = stream.get("/Filter")
    if told is None:
        return []
    return [str(one) for one in told] if isinstance(told, pikepdf.Array) else [str(told)]


def _unpacked(packed: bytes, room: int) -> int:
    """How many bytes it unpacks to, which are never held together."""
    unpacker, found, waiting = zlib.decompressobj(), 0, packed
    while waiting and not unpacker.eof:
        try:
            found += len(unpacker.decompress(waiting, _PIECE))
        except zlib.error as error:
            raise EvidenceRefused(f"a stream of the PDF is broken: {error}") from error
        if found > room:
            raise EvidenceRefused(f"it unpacks to more than {MOST_UNPACKED >> 20} MiB")
        waiting = unpacker.unconsumed_tail
    return found


def _strip(pdf: pikepdf.Pdf) -> None:
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    _drop(pdf.Root, _OF_ROOT)
    if "/Names" in pdf.Root:
        _drop(pdf.Root["/Names"], _OF_NAMES)
    for each in pdf.objects:
        if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            _drop(each, _ANYWHERE)
    for stream in _streams(pdf):
        if _filters(stream) == ["/DCTDecode"]:
            picture = jpeg.stripped(bytes(stream.read_raw_bytes()))
            stream.write(picture, filter=pikepdf.Name.DCTDecode)


def _drop(thing: Any, names: tuple[str, ...]) -> None:
    for name in names:
        if name in thing:
            del thing[name]
