"""Tree rings that belong to one record: its tree id alone decides how they grew.

Like a real section, a ring follows the one inside it, wide in good years and narrow in
bad ones, a little out of round. Nothing can be checked by them; they are there to be
recognised and to be looked at.
"""

from hashlib import sha256
from math import cos, pi, sin

_POINTS = 20  # enough for a round line of cubic curves
_RADIUS = 94.0  # in a box of 200 by 200 around the origin


def rings(tree: int) -> list[str]:
    """SVG paths from pith to bark, 13 to 20 of them, inside -100..100 both ways."""
    seed = sha256(b"treering/rings/v1" + tree.to_bytes(12, "big")).digest()
    widths = [40 + value for value in seed[: 13 + seed[31] % 8]]
    grown, paths = 0, []
    for width in widths:
        grown += width
        paths.append(_ring(_RADIUS * grown / sum(widths), seed))
    return paths


def _ring(radius: float, seed: bytes) -> str:
    """A closed line of cubic Béziers through points of a slowly wavering circle."""
    points = [_point(radius, 2 * pi * i / _POINTS, seed) for i in range(_POINTS)]
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for i in range(_POINTS):
        before, start = points[i - 1], points[i]
        end, after = points[(i + 1) % _POINTS], points[(i + 2) % _POINTS]
        first = (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6)
        second = (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6)
        corners = (*first, *second, *end)
        parts.append("C" + " ".join(f"{corner:.1f}" for corner in corners))
    return "".join(parts) + "z"


def _point(radius: float, angle: float, seed: bytes) -> tuple[float, float]:
    """Three slow waves, stronger toward the bark, push the circle in and out."""
    strength = 0.05 * radius / _RADIUS
    waver = sum(
        sin(wave * angle + seed[20 + wave] / 255 * 2 * pi) / wave * (0.5 + seed[24 + wave] / 255)
        for wave in (1, 2, 3)
    )
    distance = radius * (1 + strength * waver / 2)
    return distance * cos(angle), distance * sin(angle)
