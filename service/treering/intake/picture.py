"""Pictures of evidence: decoded within bounds, and kept without what tells of people.

A JPEG keeps its pixels byte for byte, unless it must be turned; PNG and WebP are written
anew. Of what the camera wrote two things are told: the day, and the place to three decimals
(a hundred metres). Owner, serial number, thumbnail, XMP and comments are gone.
"""

import io
import re
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

from treering.errors import EvidenceRefused
from treering.intake import jpeg

MOST_PIXELS = 64_000_000  # the largest drone cameras in use
_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_GPS, _EXIF = 0x8825, 0x8769
_ORIENTATION, _TAKEN, _DATED = 0x0112, 0x9003, 0x0132
_DAY = re.compile(r"((?:19|20)\d\d):([01]\d):([0-3]\d)")
# Pillow raises these for what it cannot read.
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError, IndexError)


@dataclass(frozen=True, slots=True)
class Clean:
    """What is kept of a file. `place` is (longitude, latitude), three decimals each."""

    media_type: str
    content: bytes
    taken_on: str | None = None
    place: tuple[str, str] | None = None


def cleaned(content: bytes) -> Clean:
    """EvidenceRefused for what is no picture, is broken, or has too many pixels."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _cleaned(content)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise EvidenceRefused(f"more than {MOST_PIXELS:,} pixels") from error
        except _UNREADABLE as error:
            raise EvidenceRefused(f"the picture cannot be read: {error}") from error


def _cleaned(content: bytes) -> Clean:
    with Image.open(io.BytesIO(content), formats=list(_FORMATS)) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise EvidenceRefused(f"{width} × {height} pixels, at most {MOST_PIXELS:,} are taken")
        kind = str(picture.format)
        exif = picture.getexif()
        taken, place, turned = _day(exif), _place(exif), exif.get(_ORIENTATION, 1)
        picture.load()
        if kind == "JPEG" and turned == 1:
            kept = jpeg.stripped(content)
        else:
            kept = _written_anew(picture, kind)
    return Clean(_FORMATS[kind], kept, taken, place)


def _written_anew(picture: Image.Image, kind: str) -> bytes:
    upright = ImageOps.exif_transpose(picture)
    if "transparency" in upright.info:
        upright.info = {"transparency": upright.info["transparency"]}
    else:
        upright.info = {}
    out = io.BytesIO()
    if kind == "PNG":
        upright.save(out, kind, optimize=True)
    else:
        upright.save(out, kind, quality=95)
    return jpeg.stripped(out.getvalue()) if kind == "JPEG" else out.getvalue()


def _day(exif: Image.Exif) -> str | None:
    told = exif.get_ifd(_EXIF).get(_TAKEN) or exif.get(_DATED)
    found = _DAY.match(told) if isinstance(told, str) else None
    return "-".join(found.groups()) if found else None


def _place(exif: Image.Exif) -> tuple[str, str] | None:
    """None where there is none, or none that can be on Earth."""
    gps = exif.get_ifd(_GPS)
    try:
        latitude = _degrees(gps[2]) * (-1 if str(gps[1]).upper().startswith("S") else 1)
        longitude = _degrees(gps[4]) * (-1 if str(gps[3]).upper().startswith("W") else 1)
    except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
    if not (-180 <= latitude <= 180 and -180 <= longitude <= 180):
        return None  # a latitude above 90 is a longitude, which the lot's province shows
    return f"{longitude:.3f}", f"{latitude:.3f}"


def _degrees(told: tuple[float, float, float]) -> float:
    degrees, minutes, seconds = (float(part) for part in told)
    return degrees + minutes / 60 + seconds / 3600
