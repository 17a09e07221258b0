"""Baked badges: any reader of Open Badges finds the credential, and no picture is a bomb."""

import json
import struct
import zlib
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from treering.domain import badge

DOCUMENT = {"credentialSubject": {"number": "TR-1", "name": "梭梭 ]]> & <b>"}}
TEXT = json.dumps(DOCUMENT, ensure_ascii=False).encode()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1"/></svg>'
SPACE = "{https://purl.imsglobal.org/ob/v3p0}"


def png() -> bytes:
    out = BytesIO()
    Image.new("RGB", (3, 2), "green").save(out, "PNG")
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    crc = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)


def with_text(body: bytes) -> bytes:
    """A PNG with this iTXt chunk after its header."""
    plain = png()
    return plain[:33] + chunk(b"iTXt", body) + plain[33:]


def packed(text: bytes, method: bytes = b"\0") -> bytes:
    return with_text(b"openbadgecredential\0\1" + method + b"\0\0" + zlib.compress(text, 9))


def test_another_reader_of_pictures_finds_the_credential_and_the_same_pixels():
    baked = badge.baked(png(), TEXT)
    opened = Image.open(BytesIO(baked))
    opened.verify()
    assert opened.info["openbadgecredential"] == TEXT.decode()
    assert Image.open(BytesIO(baked)).tobytes() == Image.open(BytesIO(png())).tobytes()
    assert badge.credential(baked) == DOCUMENT


def test_another_reader_of_xml_finds_the_credential_first_in_the_root():
    baked = badge.baked(SVG, TEXT)
    first, *rest = ElementTree.fromstring(baked)
    assert first.tag == f"{SPACE}credential"
    assert json.loads(first.text or "") == DOCUMENT
    assert len(rest) == 1
    assert badge.credential(baked) == DOCUMENT


def test_what_a_tool_saved_again_is_read_too():
    assert badge.credential(packed(TEXT)) == DOCUMENT
    escaped = TEXT.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b'"', b"&quot;")
    held = b"<openbadges:credential>" + escaped + b"</openbadges:credential>"
    declared = b'<?xml version="1.0"?>\n<!-- a tool -->\n'
    saved = declared + SVG.replace(b"<path", held + b"<path")
    assert badge.is_one(saved)
    assert badge.credential(saved) == DOCUMENT


@pytest.mark.parametrize(
    "content",
    [
        png(),
        SVG,
        badge.baked(badge.baked(png(), TEXT), TEXT),
        badge.baked(badge.baked(SVG, TEXT), TEXT),
        packed(b" " * (64 << 20) + TEXT),
        packed(TEXT)[:120],
        packed(TEXT, method=b"\7"),
        with_text(b"openbadgecredential\0\1\0\0\0not packed"),
        with_text(b"openbadgecredential\0\0\0"),
        with_text(b"openbadgecredential\0\0\0\0\0" + b'{"a":1,"a":2}'),
        with_text(b"openbadgecredential\0\0\0\0\0" + b"[" * 100_000),
        with_text(b"openbadgecredentials\0\0\0\0\0" + TEXT),
        badge.baked(SVG, b"[1]"),
        b"\x89PNG\r\n\x1a\n" + b"\xff" * 50,
    ],
)  # fmt: skip
def test_a_picture_without_one_credential_of_ours_has_none(content):
    assert badge.is_one(content)
    assert badge.credential(content) is None


def test_billions_of_pixels_and_of_entities_cost_nothing():
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 16, 6, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(10**6)))
    assert badge.credential(badge.baked(bomb, TEXT)) == DOCUMENT
    laughs = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    declared = f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY e0 "ha">{laughs}]>'.encode()
    assert not badge.is_one(declared + SVG), "a document type is none of ours"


def test_what_is_no_picture_is_none():
    for content in (b"", TEXT, b"%PDF-1.7", b"<html><svg></svg></html>", b"\x89PNG"):
        assert not badge.is_one(content)
