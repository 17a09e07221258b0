"""Pictures and PDFs as cameras and offices make them, with people's data in every place."""

import io
import struct
import zlib
from typing import Any

import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

OWNER, SERIAL = "Zhang San", "SN-13800000000"
PRIVATE = (OWNER.encode(), SERIAL.encode(), b"Secret note", b"Wang Wei")


def picture(seed: int = 0, size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Smooth, and different for each seed."""
    band = Image.linear_gradient("L").resize(size)
    return Image.merge("RGB", [band.rotate(90 * i + seed) for i in range(3)])


def exif(
    *,
    latitude: float = 38.97131,
    longitude: float = 105.42319,
    turned: int = 1,
    taken: str = "2019:05:03 10:11:12",
) -> Image.Exif:
    found = Image.Exif()
    found[0x010F] = "Camera"
    found[0x013B] = OWNER  # Artist
    found[0x0112] = turned
    details = found.get_ifd(0x8769)
    details[0x9003] = taken
    details[0xA431] = SERIAL
    details[0xA430] = OWNER
    gps = found.get_ifd(0x8825)
    gps[1], gps[2] = ("N" if latitude >= 0 else "S"), _sexagesimal(latitude)
    gps[3], gps[4] = ("E" if longitude >= 0 else "W"), _sexagesimal(longitude)
    return found


def _sexagesimal(value: float) -> tuple[float, float, float]:
    value = abs(value)
    minutes = value % 1 * 60
    return (float(int(value)), float(int(minutes)), round(minutes % 1 * 60, 4))


def jpeg(seed: int = 0, **options: Any) -> bytes:
    """With EXIF, XMP, a comment, a thumbnail behind its end and a ZIP behind that."""
    out = io.BytesIO()
    picture(seed).save(
        out,
        "JPEG",
        exif=exif(**options),
        xmp=b"<x:xmpmeta>Wang Wei</x:xmpmeta>",
        comment=b"Secret note",
    )
    behind = io.BytesIO()
    picture(seed, (8, 8)).save(behind, "JPEG", comment=b"Secret note")
    return out.getvalue() + behind.getvalue() + b"PK\x03\x04Secret note"


def plain_jpeg(seed: int = 0, **options: Any) -> bytes:
    out = io.BytesIO()
    picture(seed).save(out, "JPEG", **options)
    return out.getvalue()


def png(seed: int = 0) -> bytes:
    told = PngInfo()
    told.add_text("Author", "Secret note")
    told.add_itxt("XML:com.adobe.xmp", "Wang Wei", zip=True)
    out = io.BytesIO()
    picture(seed).save(out, "PNG", pnginfo=told, exif=exif())
    return out.getvalue() + b"Secret note"


def palette_png() -> bytes:
    out = io.BytesIO()
    picture().quantize(16).save(out, "PNG", transparency=3)
    return out.getvalue()


def webp(seed: int = 0) -> bytes:
    out = io.BytesIO()
    picture(seed).save(out, "WEBP", exif=exif(), xmp=b"Wang Wei")
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A few hundred bytes that claim to be so large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def pdf(words: str = "Report") -> bytes:
    """With an author, XMP, a script, an attachment, and a photo that tells who took it."""
    made = pikepdf.new()
    page = made.add_blank_page(page_size=(200, 200))
    photo = pikepdf.Stream(made, jpeg())
    photo.Type, photo.Subtype, photo.Width, photo.Height = (
        pikepdf.Name.XObject,
        pikepdf.Name.Image,
        64,
        48,
    )
    photo.ColorSpace, photo.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
    photo.write(jpeg(), filter=pikepdf.Name.DCTDecode)
    page.obj.Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(Im0=made.make_indirect(photo))
    )
    page.obj.Contents = made.make_stream(f"q 64 0 0 48 9 9 cm /Im0 Do Q % {words}".encode())
    page.obj.PieceInfo = pikepdf.Dictionary(App=pikepdf.Dictionary(Private="Secret note"))
    made.docinfo["/Author"] = OWNER
    with made.open_metadata() as told:
        told["dc:creator"] = ["Wang Wei"]
    made.Root.OpenAction = pikepdf.Dictionary(
        S=pikepdf.Name.JavaScript, JS="app.alert('Secret note')"
    )
    made.attachments["note.txt"] = b"Secret note"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def pdf_that_unpacks_to(size: int) -> bytes:
    made = pikepdf.new()
    page = made.add_blank_page()
    bomb = pikepdf.Stream(made, b"")
    packer = zlib.compressobj(9)
    piece = b" " * (1 << 20)
    packed = b"".join(packer.compress(piece) for _ in range(size >> 20)) + packer.flush()
    bomb.write(packed, filter=pikepdf.Name.FlateDecode)
    page.obj.Contents = made.make_indirect(bomb)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def pdf_photo(packings: list[str], content: bytes) -> bytes:
    """A page with a photo, packed so."""
    made = pikepdf.new()
    page = made.add_blank_page(page_size=(200, 200))
    photo = pikepdf.Stream(made, b"")
    photo.Type, photo.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    photo.Width, photo.Height, photo.BitsPerComponent = 64, 48, 8
    photo.ColorSpace = pikepdf.Name.DeviceRGB
    photo.write(content, filter=pikepdf.Array([pikepdf.Name(name) for name in packings]))
    page.obj.Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(Im0=made.make_indirect(photo))
    )
    page.obj.Contents = made.make_stream(b"q 64 0 0 48 9 9 cm /Im0 Do Q")
    return _plain(made)


def _plain(made: pikepdf.Pdf) -> bytes:
    """Its streams as they were written."""
    out = io.BytesIO()
    level = pikepdf.StreamDecodeLevel.none
    made.save(out, stream_decode_level=level, compress_streams=False)
    return out.getvalue()


def jp2(*, is_commented: bool = True) -> bytes:
    """With XMP in a box, and a comment in the codestream."""
    out = io.BytesIO()
    told = b"Secret note" if is_commented else None
    picture().save(out, "JPEG2000", comment=told)
    made = out.getvalue()
    at = made.index(b"jp2c") - 4
    return made[:at] + struct.pack(">I", 16) + b"xml Wang Wei" + made[at:]


def pdf_with_notes() -> bytes:
    """Marks that people made on it, layers by somebody, and what runs when it is touched."""
    made, name = pikepdf.new(), pikepdf.Name
    page = made.add_blank_page(page_size=(200, 200))

    def note(kind: pikepdf.Object, **told: Any) -> pikepdf.Dictionary:
        place = pikepdf.Array([0, 0, 10, 10])
        return pikepdf.Dictionary(
            Type=name.Annot, Subtype=kind, Rect=place, T=OWNER, Contents="Secret note", **told
        )

    seal = made.make_indirect(made.make_stream(b"0 0 9 9 re f"))
    runs = pikepdf.Dictionary(S=name.Launch, F="run.exe")
    goes = pikepdf.Dictionary(S=name.URI, URI="https://example.org/", Next=runs)
    page.obj.Annots = pikepdf.Array(
        [
            made.make_indirect(note(name.Text)),
            note(name.Stamp, AP=pikepdf.Dictionary(N=seal)),
            note(name.Link, A=runs),
            note(name.Link, A=goes),
            note(name.Link, A=pikepdf.Dictionary(S=name.JavaScript, JS="app.alert(1)")),
        ]
    )
    made.Root.OCProperties = pikepdf.Dictionary(D=pikepdf.Dictionary(Creator=OWNER))
    made.Root.Threads = pikepdf.Array([pikepdf.Dictionary(I=pikepdf.Dictionary(Author=OWNER))])
    made.Root.Perms = pikepdf.Dictionary(DocMDP=pikepdf.Dictionary(Name=OWNER))
    return _plain(made)
