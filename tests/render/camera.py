"""What happens to a printed code before a phone sees it; each fault seeded, so that it recurs.

A fault takes the code as a grey picture (rows of bytes, 0 black) and gives the photograph.
"""

from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from treering.render import qr

Picture = NDArray[np.uint8]
Fault = Callable[[Picture, Generator], Picture]


def printed(text: str, side: int) -> Picture:
    """The code at exactly this many pixels a side, as a printer spreads modules over dots."""
    large = np.array(Image.open(BytesIO(qr.png(text, 1600))).convert("L"))
    return cv2.resize(large, (side, side), interpolation=cv2.INTER_AREA)


def jpeg(picture: Picture, chance: Generator) -> Picture:
    """Saved at quality 10 to 25."""
    return _saved(picture, int(chance.integers(10, 26)))


def blur(picture: Picture, chance: Generator) -> Picture:
    """Out of focus by up to 0.6 of a module."""
    module = picture.shape[0] / 77
    return cv2.GaussianBlur(picture, (0, 0), module * chance.uniform(0.3, 0.6))


def fold(picture: Picture, chance: Generator) -> Picture:
    """Folded once across: one half in shadow and shifted a little, a white crease between."""
    side = picture.shape[0]
    at = int(side * chance.uniform(0.3, 0.7))
    folded = picture.copy()
    folded[at:] = np.roll(folded[at:], int(chance.integers(-2, 3)), axis=1)
    folded[at:] = (folded[at:] * chance.uniform(0.55, 0.8)).astype(np.uint8)
    cv2.line(folded, (0, at), (side, at), 230, max(1, side // 150))
    return folded


def scratch(picture: Picture, chance: Generator) -> Picture:
    """Six scratches down to the paper, each from edge to edge."""
    side = picture.shape[0]
    scratched = picture.copy()
    for _ in range(6):
        a, b = chance.integers(0, side, 2)
        cv2.line(scratched, (int(a), 0), (int(b), side), 255, max(1, side // 160))
    return scratched


def low_light(picture: Picture, chance: Generator) -> Picture:
    """A fifth of the light, uneven, and the noise of a sensor turned up."""
    side = picture.shape[0]
    ramp = np.linspace(0.14, chance.uniform(0.25, 0.35), side)
    dark = 8 + picture * ramp[None, :]
    return np.clip(dark + chance.normal(0, 5, picture.shape), 0, 255).astype(np.uint8)


def small_print(picture: Picture, chance: Generator) -> Picture:
    """30 mm at 150 dpi, 177 dots, then photographed at twice that, softly and with noise."""
    dots = cv2.resize(picture, (177, 177), interpolation=cv2.INTER_AREA)
    seen = cv2.resize(dots, (360, 360), interpolation=cv2.INTER_LINEAR)
    noisy = np.clip(seen + chance.normal(0, 8, seen.shape), 0, 255).astype(np.uint8)
    return _saved(noisy, 70)


def from_a_screen(picture: Picture, chance: Generator) -> Picture:
    """A tilted photograph of a screen: perspective, the stripes of its grid, a glow."""
    side = picture.shape[0]
    bent = chance.uniform(-0.07, 0.07, (4, 2)) * side
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    to = (corners + bent + side * 0.15).astype(np.float32)
    size = int(side * 1.3)
    matrix = cv2.getPerspectiveTransform(corners, to)
    tilted = cv2.warpPerspective(picture, matrix, (size, size), borderValue=235)
    y, x = np.mgrid[0:size, 0:size]
    angle, pitch = chance.uniform(0, np.pi), chance.uniform(2.2, 6)
    stripes = 14 * np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / pitch)
    return np.clip(tilted * 0.8 + 30 + stripes, 0, 255).astype(np.uint8)


def damage(share: float) -> Fault:
    """A blot of paper colour over this share of the area within the three corner marks."""

    def blotted(picture: Picture, chance: Generator) -> Picture:
        side = picture.shape[0]
        module = side / 77
        height = share * 69 * 69 / 40  # forty modules wide, clear of the marks at the corners
        top = chance.uniform(13, 73 - height) if height < 60 else 13
        left = chance.uniform(13, 32)
        hurt = picture.copy()
        box = [int(module * v) for v in (top, top + height, left, left + 40)]
        hurt[box[0] : box[1], box[2] : box[3]] = 255
        return hurt

    return blotted


def _saved(picture: Picture, quality: int) -> Picture:
    _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
