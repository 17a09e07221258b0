"""A PDF that somebody brings: its credential, and whether the file is as it was signed.

The signature must cover the file from its first byte to its last, but for the hexadecimal
digits of the signature itself. So nothing can be appended, overlaid, swapped or hidden:
whatever changes a byte, breaks it; and our key signs only what we printed.
"""

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from itertools import chain, islice
from typing import Any

from treering.domain import documents
from treering.domain.issuer_key import IssuerKey
from treering.domain.pdf.envelope import Envelope, opened
from treering.domain.pdf.identity import is_issued
from treering.errors import CredentialMalformed

MAX_CREDENTIAL = 256 * 1024  # bytes, as of a credential that comes alone
_MAX_UNPACKED = 32 * MAX_CREDENTIAL  # of all streams together; a file of ours unpacks to a tenth
_MAX_READ = 4  # ours has one
_BYTE_RANGE = re.compile(rb"/ByteRange \[0 (\d{1,9}) (\d{1,9}) (\d{1,9})\]")
_DIGITS = re.compile(rb"<((?:[0-9A-F]{2})+)>")
_STREAM = re.compile(rb"stream\r?\n(?=\x78)")  # a zlib header's first byte
# A certificate's number, in the one or two bytes a character that titles are written in.
_NUMBER = re.compile(rb"T\0?R(?:\0?-(?:\0?[0-9A-Z]){4}){7}")
_HEADER_WITHIN = 1024  # readers of PDF look so far for its header, and so do we


def is_pdf(content: bytes) -> bool:
    """Whether a PDF reader would take it for one, junk in front of it or not."""
    return b"%PDF-" in content[:_HEADER_WITHIN] and not content.lstrip().startswith(b"{")


def credential(file: bytes) -> dict[str, Any] | None:
    """The credential that the file carries; the last one, where there are several."""
    found = None
    likely = (content for content in _unpacked(file) if content.lstrip().startswith(b"{"))
    for content in islice(likely, _MAX_READ):
        with suppress(CredentialMalformed):
            document = documents.read(content)
            found = document if "credentialSubject" in document else found
    return found


def is_foreign(file: bytes) -> bool:
    """Whether nothing in it names a certificate of ours, as the title of each of ours does: any
    PDF of anybody's, and not one of ours without its credential. Of one that is encrypted nobody
    can say so."""
    named = any(_NUMBER.search(part) for part in chain([file], _unpacked(file)))
    return not named and b"/Encrypt" not in file


def judged(file: bytes, issuer: IssuerKey | None) -> str:
    """The code of the finding on the file; `issuer` is the key that signed its credential."""
    if b"/ByteRange" not in file:
        return "PDF_UNSIGNED"
    envelope = _envelope(file)
    if envelope is None:
        return "PDF_ALTERED"
    is_ours = issuer is not None and is_issued(envelope.certificate, issuer)
    return "PDF_OK" if is_ours else "PDF_OF_ANOTHER_KEY"


def _envelope(file: bytes) -> Envelope | None:
    """The intact signature over the whole file; None for anything else."""
    ranges = _BYTE_RANGE.findall(file)
    if len(ranges) != 1:
        return None
    start, end, rest = map(int, ranges[0])
    digits = _DIGITS.fullmatch(file[start:end])
    if end + rest != len(file) or not digits:
        return None
    digest = sha256(file[:start] + file[end:]).digest()
    envelope = opened(bytes.fromhex(digits[1].decode()), digest)
    return envelope if envelope and envelope.is_signed(digest) else None


def _unpacked(file: bytes) -> Iterator[bytes]:
    """What the file's compressed streams hold, each and all together within limits."""
    left = _MAX_UNPACKED
    view = memoryview(file)
    for stream in _STREAM.finditer(file):
        unpacker = zlib.decompressobj()
        try:
            content = unpacker.decompress(view[stream.end() :], min(left, MAX_CREDENTIAL))
        except zlib.error:
            continue
        left -= len(content) + 1024  # an empty one costs time, too
        if left <= 0:
            return
        if unpacker.eof:
            yield content
