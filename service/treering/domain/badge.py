"""A baked badge: a picture with the credential in it, as Open Badges 3.0 (5.3) has it.

A PNG carries it in an iTXt chunk `openbadgecredential`, an SVG in the element
`openbadges:credential`. The picture is walked over, never painted: one with billions of pixels
costs what its bytes cost, and packed text is unpacked within a limit. What the picture shows is
signed by nobody; the credential in it is.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import unescape

from treering.domain import documents
from treering.errors import CredentialMalformed

_PNG = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"openbadgecredential"
_MAX_CREDENTIAL = 256 * 1024  # bytes, as of a credential that comes alone
_SPACE = "https://purl.imsglobal.org/ob/v3p0"
_SVG = re.compile(rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,500}?-->\s*)?<svg[\s>]", re.DOTALL)
_ELEMENT = re.compile(
    rb"<openbadges:credential\s*>\s*(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))\s*</openbadges:credential>",
    re.DOTALL,
)
_ENTITIES = {"&quot;": '"', "&apos;": "'"}


def is_one(content: bytes) -> bool:
    """Whether it is a picture of a kind that may carry a credential."""
    return content.startswith(_PNG) or _SVG.match(content) is not None


def baked(picture: bytes, credential: bytes) -> bytes:
    """The PNG or SVG with this JSON in it; what it carried before, if anything, stays too."""
    return (
        _baked_png(picture, credential) if picture[:8] == _PNG else _baked_svg(picture, credential)
    )


def is_empty(content: bytes) -> bool:
    """Whether nothing in it says that it ever carried a credential: any picture of anybody's."""
    return (_KEYWORD if content.startswith(_PNG) else b"openbadges:credential") not in content


def credential(content: bytes) -> dict[str, Any] | None:
    """The credential that a picture carries; None where there is none, or more than one."""
    try:
        carried = list(_of_png(content) if content.startswith(_PNG) else _of_svg(content))
        return documents.read(carried[0]) if len(carried) == 1 else None
    except (CredentialMalformed, ValueError, struct.error, zlib.error):
        return None


def _baked_png(picture: bytes, credential: bytes) -> bytes:
    """After the header, which comes first in every PNG."""
    start = len(_PNG) + 12 + struct.unpack(">I", picture[8:12])[0]
    body = b"iTXt" + _KEYWORD + b"\0\0\0\0\0" + credential  # not packed, in no language
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return picture[:start] + chunk + picture[start:]


def _baked_svg(picture: bytes, credential: bytes) -> bytes:
    """Directly in the root; no text of JSON can end it early."""
    held = credential.replace(b"]]>", b"]]\\u003e")
    element = b"<openbadges:credential><![CDATA[" + held + b"]]></openbadges:credential>"
    opened, rest = picture[: picture.index(b">")], picture[picture.index(b">") + 1 :]
    return opened + f' xmlns:openbadges="{_SPACE}">'.encode() + element + rest


def _of_png(content: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while at + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        body = content[at + 8 : at + 8 + length]
        if kind == b"iTXt" and body.startswith(_KEYWORD + b"\0"):
            yield _text(body[len(_KEYWORD) + 1 :])
        at += 12 + length


def _text(chunk: bytes) -> bytes:
    """What follows the keyword: packed or not, how, two names that nobody needs, the text."""
    packed, method = chunk[:2]
    _, _, text = chunk[2:].split(b"\0", 2)
    if not packed:
        return text
    if method:
        raise ValueError("packed in no known way")
    unpacker = zlib.decompressobj()
    found = unpacker.decompress(text, _MAX_CREDENTIAL)
    if not unpacker.eof:
        raise ValueError("more is packed in it than a credential has")
    return found


def _of_svg(content: bytes) -> Iterator[bytes]:
    for quoted, plain in _ELEMENT.findall(content):
        yield quoted or unescape(plain.decode(), _ENTITIES).encode()
