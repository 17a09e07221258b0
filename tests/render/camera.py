"""What happens to a printed code before a phone sees it; each fault seeded, so that it recurs.

A fault takes the code as a grey picture (rows of bytes, 0 black) and gives the photograph.
"""

from collections.abc import Callable, Sequence
from io import BytesIO

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from tests.render.codewords import blocks_of_12_h, codewords
from treering.render import qr

Picture = NDArray[np.uint8]
VERSION = 12
SIDE = 17 + 4 * VERSION  # modules, without the margin
_CODEWORDS = codewords(VERSION)
_MARKS = np.zeros((SIDE, SIDE), np.bool_)  # finders, and the format beside them
_MARKS[:9, :9] = _MARKS[:9, -8:] = _MARKS[-8:, :9] = True
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
    module = picture.shape[0] / (SIDE + 2 * qr.QUIET_ZONE)
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


def blot(share: float) -> Fault:
    """One square over this share of the code's area, of paper or ink, clear of the marks."""

    def blotted(picture: Picture, chance: Generator) -> Picture:
        width = share**0.5 * SIDE
        while True:
            y, x = chance.uniform(0, SIDE - width, 2)
            rows, columns = np.mgrid[0:SIDE, 0:SIDE]
            hit = (rows > y - 1) & (rows < y + width) & (columns > x - 1) & (columns < x + width)
            if not (hit & _MARKS).any():
                return _covered(picture, chance, [(y, x, y + width, x + width)])

    return blotted


def blots(share: float, width: tuple[float, float]) -> Fault:
    """Square blots, of paper or ink, their width in modules from and to, until they touch this
    share of the codewords; clear of the marks."""

    def spotted(picture: Picture, chance: Generator) -> Picture:
        hit = np.zeros((SIDE, SIDE), np.bool_)
        boxes = []
        for _ in range(4000):
            side = chance.uniform(*width)
            y, x = chance.uniform(0, SIDE - side, 2)
            more = hit.copy()
            more[int(y) : int(np.ceil(y + side)), int(x) : int(np.ceil(x + side))] = True
            if not (more & _MARKS).any() and _touched(more) <= share:
                hit = more
                boxes.append((y, x, y + side, x + side))
        return _covered(picture, chance, boxes)

    return spotted


def even(share: float) -> Fault:
    """This share of the codewords of each block is wrong, in every module."""

    def struck(picture: Picture, chance: Generator) -> Picture:
        blocks = blocks_of_12_h()
        hit = np.zeros((SIDE, SIDE), np.bool_)
        for block in range(blocks.max() + 1):
            members = np.flatnonzero(blocks == block)
            hit |= np.isin(_CODEWORDS, chance.choice(members, int(share * len(members)), False))
        module = picture.shape[0] // (SIDE + 2 * qr.QUIET_ZONE)
        frame = np.pad(hit, qr.QUIET_ZONE).repeat(module, 0).repeat(module, 1)
        return np.where(frame, 255 - picture, picture)

    return struck


def _touched(hit: NDArray[np.bool_]) -> float:
    found = np.unique(_CODEWORDS[hit])
    return float((found >= 0).sum() / (_CODEWORDS.max() + 1))


def _covered(
    picture: Picture, chance: Generator, boxes: Sequence[tuple[float, float, float, float]]
) -> Picture:
    """`boxes` in modules of the code, without its margin: top, left, bottom, right."""
    module = picture.shape[0] / (SIDE + 2 * qr.QUIET_ZONE)
    hurt = picture.copy()
    for box in boxes:
        top, left, bottom, right = (round(module * (qr.QUIET_ZONE + v)) for v in box)
        hurt[top:bottom, left:right] = chance.choice([0, 255])
    return hurt


def _saved(picture: Picture, quality: int) -> Picture:
    _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
