"""QR codes as SVG and PNG, with the strongest correction that a code of 69 modules has room for.

Level H repairs a third of its codewords, level Q a quarter; see docs/qr.md.

The same text always gives the same bytes.
"""

from functools import lru_cache
from io import BytesIO
from typing import Any

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_Q

MAX_VERSION = 13  # 69 modules a side; in larger ones a module is too small for cheap cameras
QUIET_ZONE = 4  # modules of white around the code, as ISO/IEC 18004 asks
Matrix = tuple[tuple[bool, ...], ...]


@lru_cache(maxsize=1024)
def matrix(text: str) -> Matrix:
    """Rows of modules, dark ones True, with the quiet zone."""
    code = _code(text, ERROR_CORRECT_H)
    if code.version > MAX_VERSION:
        code = _code(text, ERROR_CORRECT_Q)
    code.make(fit=False)
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


def _code(text: str, level: int) -> "qrcode.QRCode[Any]":
    code = qrcode.QRCode(error_correction=level, border=QUIET_ZONE)
    code.add_data(text)
    code.best_fit()
    return code


@lru_cache(maxsize=1024)
def path(text: str) -> str:
    """The dark modules as one SVG path, one unit a module, each run of them one rectangle."""
    runs = []
    for y, row in enumerate(matrix(text)):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                runs.append(f"M{x} {y}h{end - x}v1h-{end - x}z")
            x = max(end, x + 1)
    return "".join(runs)


def svg(text: str, size: int) -> bytes:
    """An SVG image of `size` pixels a side."""
    side = len(matrix(text))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}"'
        f' viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path(text)}"/></svg>'
    ).encode()


def png(text: str, size: int) -> bytes:
    """A black and white PNG of at most `size` pixels a side, each module equally large.

    It is never smaller than one pixel a module, which may be more than `size`.
    """
    rows = matrix(text)
    side = len(rows)
    image = Image.new("1", (side, side), 1)
    image.putdata([0 if dark else 1 for row in rows for dark in row])
    scale = max(1, size // side)
    out = BytesIO()
    image.resize((side * scale, side * scale), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()
