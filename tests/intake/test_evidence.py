"""Evidence as it comes in: what is kept of it, what is taken out, what is not taken at all."""

import io
import zipfile
import zlib
from decimal import Decimal

import pikepdf
import pytest
from PIL import Image, ImageChops

from tests import pictures
from treering.errors import EvidenceRefused
from treering.intake import evidence, jpeg, paper, picture
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
        many_pages(),
    ],
    ids=["locked", "packed twice", "packed by LZW", "broken", "endless"],
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
