"""Evidence as it comes in: what is kept of it, what is taken out, what is not taken at all."""

import base64 as b64
import io
import zipfile
import zlib
from decimal import Decimal

import pikepdf
import pytest
from PIL import Image, ImageChops

from tests import pictures
from treering.errors import EvidenceRefused
from treering.intake import evidence, jp2, jpeg, paper, picture
from treering.intake.evidence import cleaned, here, kind_of


def pixels(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


@pytest.mark.parametrize("make", [pictures.jpeg, pictures.png, pictures.webp, pictures.pdf])
def test_nothing_of_a_person_is_kept_not_even_packed(make):
    brought = make()
    kept = cleaned(brought).content
    for word in pictures.PRIVATE:
        assert word not in kept
    if make is not pictures.pdf:
        assert not Image.open(io.BytesIO(kept)).getexif()
        return
    with pikepdf.open(io.BytesIO(kept)) as pdf:
        assert not pdf.docinfo
        assert not pdf.attachments
        for each in pdf.objects:
            if (
                isinstance(each, pikepdf.Stream)
                and each.get("/Filter") == pikepdf.Name.FlateDecode
            ):
                unpacked = zlib.decompress(bytes(each.read_raw_bytes()))
                assert not any(word in unpacked for word in pictures.PRIVATE)


PACKED = {
    "flate": (["/FlateDecode"], zlib.compress),
    "base 85": (["/ASCII85Decode"], lambda photo: b64.a85encode(photo) + b"~>"),
    "base 85, adobe's": (["/ASCII85Decode"], lambda photo: b64.a85encode(photo, adobe=True)),
    "hex": (["/ASCIIHexDecode"], lambda photo: photo.hex().encode() + b">"),
    "both": (
        ["/ASCII85Decode", "/FlateDecode"],
        lambda photo: b64.a85encode(zlib.compress(photo)) + b"~>",
    ),
    "plain": ([], bytes),
}


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize(
    ("kind", "photo"), [("/DCTDecode", pictures.jpeg()), ("/JPXDecode", pictures.jp2())]
)
def test_a_photo_of_a_report_loses_its_cameras_words_however_it_is_packed(name, kind, photo):
    packings, pack = PACKED[name]
    brought = pictures.pdf_photo([*packings, kind], pack(photo))
    with pikepdf.open(io.BytesIO(here(brought).content)) as pdf:
        kept = pdf.pages[0].Resources.XObject.Im0
        assert kept.Filter == pikepdf.Name(kind)
        raw = bytes(kept.read_raw_bytes())
    assert not any(word in raw for word in pictures.PRIVATE)
    assert ImageChops.difference(pixels(raw), pixels(photo)).getbbox() is None


def test_a_photo_within_a_pages_own_drawing_is_refused_with_its_cameras_words():
    inline = b"q BI /W 64 /H 48 /CS /RGB /BPC 8 /F /DCT ID " + pictures.jpeg() + b" EI Q"
    for packings, content in ((["/FlateDecode"], zlib.compress(inline)), ([], inline)):
        with pytest.raises(EvidenceRefused, match="camera's words"):
            here(packed(packings, content))


def test_a_seal_stays_on_a_report_and_who_made_it_and_what_runs_does_not():
    with pikepdf.open(io.BytesIO(here(pictures.pdf_with_notes()).content)) as pdf:
        seal, *links = pdf.pages[0].Annots
        assert (seal.Subtype, bool(seal.AP.N)) == (pikepdf.Name.Stamp, True)
        assert [str(link.A.URI) if "/A" in link else None for link in links] == [
            None,
            "https://example.org/",
            None,
        ]
        told = b"".join(each.unparse(resolved=True) for each in pdf.objects)
    for word in (*pictures.PRIVATE, b"Launch", b"JavaScript", b"run.exe"):
        assert word not in told, word


@pytest.mark.parametrize(
    ("marker", "payload"),
    [
        (0xEE, b"Adobe\0\x64\0\0\0\0\1Zhang San"),
        (0xE2, b"ICC_PROFILE\0\1\1PK\3\4Zhang San"),
        (0xE1, b"Exif\0\0Zhang San"),
        (0xEF, b"Zhang San"),
    ],
)
def test_no_segment_of_a_photo_carries_what_a_decoder_does_not_need(marker, payload):
    plain = pictures.plain_jpeg()
    segment = bytes([0xFF, marker]) + (len(payload) + 2).to_bytes(2, "big") + payload
    kept = jpeg.stripped(plain[:2] + segment + plain[2:])
    assert b"Zhang San" not in kept
    assert (b"Adobe\0\x64\0\0\0\0\1" in kept) is (marker == 0xEE)


def box(size: int, kind: bytes = b"xml ", more: bytes = b"") -> bytes:
    return size.to_bytes(4, "big") + kind + more


def test_jpeg_2000_is_read_box_by_box_and_its_comments_are_gone():
    made = pictures.jp2()
    kept = jp2.stripped(made)
    assert b"Secret note" in made
    assert jp2.stripped(kept) == kept
    bare = made[made.index(b"\xff\x4f\xff\x51") :]
    assert jp2.stripped(bare) == kept[kept.index(b"\xff\x4f\xff\x51") :]
    long = box(1, more=(16 + 3).to_bytes(8, "big") + b"abc")
    for behind in (long, box(0, more=b"to the end")):
        assert jp2.stripped(made + behind) == kept
    for broken in (b"no picture", made + box(7), made + box(99), bare[:4], bare[:2] + bytes(9)):
        with pytest.raises(ValueError, match=r"cut off|no JPEG 2000"):
            jp2.stripped(broken)


def test_a_photo_keeps_its_pixels_byte_for_byte_and_loses_what_stands_behind_it():
    brought = pictures.jpeg()
    found = cleaned(brought)
    assert found.media_type == "image/jpeg"
    assert ImageChops.difference(pixels(found.content), pixels(brought)).getbbox() is None
    assert found.content.endswith(b"\xff\xd9")
    assert len(found.content) < len(brought)
    assert here(found.content).content == found.content  # cleaned again it is the same file


def test_the_day_and_the_place_are_told_and_the_place_to_three_decimals():
    found = cleaned(pictures.jpeg())
    assert found.taken_on == "2019-05-03"
    assert found.place == ("105.423", "38.971")
    south = here(pictures.plain_jpeg(exif=pictures.exif(latitude=-8.1, longitude=-71.2)))
    assert south.place == ("-71.200", "-8.100")
    assert all(Decimal(part).as_tuple().exponent == -3 for part in found.place or ())


@pytest.mark.parametrize("latitude", [195.0, 1e6])
def test_a_place_that_is_nowhere_is_no_place(latitude):
    told = pictures.exif()
    told.get_ifd(0x8825)[2] = (latitude, 0.0, 0.0)
    assert here(pictures.plain_jpeg(exif=told)).place is None


def test_a_photo_on_its_side_is_set_upright_before_its_orientation_is_forgotten():
    brought = pictures.plain_jpeg(exif=pictures.exif(turned=6))
    assert pixels(brought).size == (64, 48)
    assert pixels(cleaned(brought).content).size == (48, 64)


@pytest.mark.parametrize("make", [pictures.png, pictures.palette_png, pictures.webp])
def test_other_pictures_are_written_anew(make):
    found = here(make())
    assert found.media_type in ("image/png", "image/webp")
    assert here(found.content).media_type == found.media_type
    if make is not pictures.webp:
        assert ImageChops.difference(pixels(found.content), pixels(make())).getbbox() is None


def test_a_progressive_photo_and_one_with_restarts_stay_whole():
    for options in ({"progressive": True}, {"restart_marker_blocks": 2}):
        brought = pictures.plain_jpeg(**options)
        kept = jpeg.stripped(brought)
        assert ImageChops.difference(pixels(kept), pixels(brought)).getbbox() is None


def test_fill_bytes_before_a_marker_and_within_coded_data_are_no_fault():
    brought = pictures.plain_jpeg()
    filled = brought[:2] + b"\xff" + brought[2:-2] + b"\xff\xff\xd9"
    kept = jpeg.stripped(filled)
    assert ImageChops.difference(pixels(kept), pixels(brought)).getbbox() is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff",
        b"\xff\xd8no marker",
        b"\xff\xd8\xff\xe0\xff\xff cut off",
        b"\xff\xd8\xff\xe0\x00\x00",
        b"\xff\xd8\xff\xda\x00\x02 coded data without an end",
        b"\xff\xd8\xff\x01\xff\xda\x00\x02 \xff",
    ],
)
def test_a_photo_that_is_cut_off_is_no_photo(content):
    with pytest.raises(ValueError):
        jpeg.stripped(content)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("bomb", b"\0" * (64 << 20))
    return out.getvalue()


def shallow() -> bytes:
    """A gigabyte of one colour in a picture of a few kilobytes."""
    return pictures.png_of(20_000, 20_000)


BAD = {
    "nothing": b"",
    "too large": b"\xff\xd8\xff" + bytes(evidence.LIMIT),
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a picture in XML": b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "a ZIP": zipped(),
    "a GIF": b"GIF89a" + bytes(40),
    "a TIFF": b"II*\0" + bytes(40),
    "a program": b"\x7fELF" + bytes(40),
    "a picture bomb": shallow(),
    "a picture of half a mile of pixels": pictures.png_of(2**31 - 1, 2**31 - 1),
    "half a photo": pictures.jpeg()[:900],
    "half a PNG": pictures.png()[:300],
    "a PDF of nothing": b"%PDF-1.7\n",
    "a PDF that unpacks without end": pictures.pdf_that_unpacks_to(768 << 20),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_evidence_is_refused_whatever_it_is_called(name):
    with pytest.raises(EvidenceRefused) as caught:
        cleaned(BAD[name])
    assert str(caught.value)


def test_what_uses_more_memory_than_a_file_may_ends_its_own_process_and_no_other(monkeypatch):
    monkeypatch.setattr(
        evidence,
        "_COMMAND",
        (evidence.sys.executable, "-c", "import sys; sys.stdin.read(0); sys.exit(-9)"),
    )
    with pytest.raises(EvidenceRefused, match="memory or time"):
        cleaned(pictures.jpeg())


def test_what_takes_longer_than_a_file_may_is_given_up(monkeypatch):
    command = (evidence.sys.executable, "-c", "import time; time.sleep(60)")
    monkeypatch.setattr(evidence, "_COMMAND", command)
    monkeypatch.setattr(evidence, "_SECONDS", 0.01)
    with pytest.raises(EvidenceRefused, match="memory or time"):
        cleaned(pictures.jpeg())


def locked() -> bytes:
    with pikepdf.open(io.BytesIO(pictures.pdf())) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def packed(filters: list[str], content: bytes) -> bytes:
    made = pikepdf.new()
    page = made.add_blank_page()
    stream = pikepdf.Stream(made, b"")
    names = pikepdf.Array([pikepdf.Name(name) for name in filters])
    stream.write(content, filter=names)
    page.obj.Contents = made.make_indirect(stream)
    out = io.BytesIO()
    made.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return out.getvalue()


def many_pages() -> bytes:
    made = pikepdf.new()
    for _ in range(paper.MOST_PAGES + 1):
        made.add_blank_page()
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        locked(),
        packed(["/FlateDecode", "/FlateDecode"], zlib.compress(zlib.compress(b"x"))),
        packed(["/LZWDecode"], b"\x80\x0b"),
        packed(["/FlateDecode"], b"not packed"),
        pictures.pdf_photo(["/RunLengthDecode", "/DCTDecode"], b"x"),
        pictures.pdf_photo(["/ASCIIHexDecode", "/DCTDecode"], b"zz>"),
        pictures.pdf_photo(["/DCTDecode"], b"no photo"),
        many_pages(),
    ],
    ids=[
        *("locked", "packed twice", "packed by LZW", "broken", "packed by runs", "no hex"),
        *("no photo", "endless"),
    ],
)
def test_a_pdf_that_no_report_needs_to_be_is_refused(content):
    with pytest.raises(EvidenceRefused):
        here(content)


def test_the_same_report_by_another_author_is_the_same_file():
    one = here(pictures.pdf())
    with pikepdf.open(io.BytesIO(pictures.pdf())) as pdf:
        pdf.docinfo["/Author"] = "Somebody else"
        out = io.BytesIO()
        pdf.save(out)
    assert here(out.getvalue()).content == one.content


def test_a_file_is_what_its_first_bytes_say():
    assert kind_of(pictures.webp()) == "picture"
    assert kind_of(pictures.pdf()) == "paper"
    assert kind_of(b"RIFF0000WAVE") is None
    assert picture.cleaned(pictures.png()).media_type == "image/png"
