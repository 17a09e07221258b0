"""Tree rings that belong to one record: its tree id alone decides how they grew.

As in a real section, each ring follows the one inside it, wide in good years and narrow in
bad ones; the pith stands off the centre and the bark is out of round. Nothing can be
checked by them; they are there to be recognised and to be looked at.
"""

from functools import lru_cache
from hashlib import shake_256
from itertools import accumulate
from math import cos, pi, sin

_POINTS = 14  # enough for a round line of cubic curves
_RADIUS = 880.0  # in a box of 2000 by 2000 around the origin
_BYTES = 64  # of the seed: 40 years, then angles and strengths


@lru_cache(maxsize=1024)
def rings(tree: int) -> tuple[str, ...]:
    """SVG paths from pith to bark, 20 to 35 of them, inside -1000..1000 both ways."""
    seed = shake_256(b"treering/rings/v1" + tree.to_bytes(12, "big")).digest(_BYTES)
    years = [30 + value for value in seed[: 20 + seed[63] % 16]]
    return tuple(_ring(grown / sum(years), seed) for grown in accumulate(years))


def _ring(age: float, seed: bytes) -> str:
    """A closed line of cubic Béziers (Catmull-Rom), `age` from 0 at the pith to 1 at the bark."""
    points = [_point(age, 2 * pi * i / _POINTS, seed) for i in range(_POINTS)]
    parts = [f"M{points[0][0]} {points[0][1]}"]
    for i in range(_POINTS):
        before, start = points[i - 1], points[i]
        end, after = points[(i + 1) % _POINTS], points[(i + 2) % _POINTS]
        corners = (
            round((end[0] - before[0]) / 6),
            round((end[1] - before[1]) / 6),
            end[0] - start[0] - round((after[0] - start[0]) / 6),
            end[1] - start[1] - round((after[1] - start[1]) / 6),
            end[0] - start[0],
            end[1] - start[1],
        )
        parts.append("c" + " ".join(map(str, corners)).replace(" -", "-"))
    return "".join(parts) + "z"


def _point(age: float, angle: float, seed: bytes) -> tuple[int, int]:
    """Slow waves, stronger toward the bark, push the circle in and out around the pith."""
    waver = sum(
        sin(wave * angle + seed[40 + wave] / 128 * pi + age * (seed[45 + wave] - 128) / 90)
        * (0.25 + seed[50 + wave] / 255)
        / (wave + 1)
        for wave in (1, 2, 3, 4)
    )
    distance = _RADIUS * age * (1 + 0.09 * age * waver)
    lean, toward = 150 * (1 - age), seed[60] / 128 * pi
    return (
        round(distance * cos(angle) + lean * cos(toward)),
        round(distance * sin(angle) + lean * sin(toward)),
    )
