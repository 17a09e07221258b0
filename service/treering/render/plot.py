"""A plot's outline as a path of an SVG, from what everybody may see of it: three decimals."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from treering.domain.land.outline import outlines

WIDTH, HEIGHT = 480, 340
_MARGIN = 44
_METRES = 111_320.0  # of a degree of latitude, for a drawing
_STEPS = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)


@dataclass(frozen=True, slots=True)
class Plot:
    """`bar` is the length of a scale bar in the picture, `metres` what it stands for.

    `longitude` and `latitude` are of the middle, to two decimals.
    """

    path: str
    bar: int
    metres: int
    longitude: float
    latitude: float


def plot(geometry: Mapping[str, Any]) -> Plot:
    rings = outlines(geometry)
    xs = [x for ring in rings for x, _ in ring]
    ys = [y for ring in rings for _, y in ring]
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    across = _METRES * cos(radians(middle[1]))
    wide, high = (max(xs) - min(xs)) * across, (max(ys) - min(ys)) * _METRES
    scale = min((WIDTH - 2 * _MARGIN) / wide, (HEIGHT - 2 * _MARGIN) / high)

    def at(x: float, y: float) -> str:
        right = WIDTH / 2 + (x - middle[0]) * across * scale
        return f"{right:.1f} {HEIGHT / 2 - (y - middle[1]) * _METRES * scale:.1f}"

    path = "".join("M" + "L".join(at(x, y) for x, y in ring) + "z" for ring in rings)
    metres = next((step for step in reversed(_STEPS) if step * scale <= WIDTH / 3), _STEPS[0])
    return Plot(path, round(metres * scale), metres, round(middle[0], 2), round(middle[1], 2))
