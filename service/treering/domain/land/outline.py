"""Land as everybody may see it: to three decimals of a degree, a hundred metres, never nearer."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from treering.domain.land.polygon import Part, Point, Polygon, Ring, read

DECIMALS = 3


def rounded(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """GeoJSON of the same land, outer rings alone, all of it to DECIMALS."""
    rings = [_ring(part) for part in read(dict(geometry)).parts]
    coordinates = [[[list(point) for point in ring]] for ring in rings]
    return {"type": "MultiPolygon", "coordinates": coordinates}


def outlines(geometry: Mapping[str, Any]) -> list[Ring]:
    """The same as rings."""
    polygon: Polygon = read(dict(geometry))
    return [_ring(part) for part in polygon.parts]


def _ring(part: Part) -> Ring:
    points = [(round(x, DECIMALS), round(y, DECIMALS)) for x, y in part[0]]
    kept = [points[0], *(b for a, b in pairwise(points) if a != b)]
    return tuple(kept) if len(kept) > 3 else _around(points)


def _around(points: list[Point]) -> Ring:
    """A square of the smallest step: what is smaller is not shown smaller."""
    x, y, step = points[0][0], points[0][1], 10**-DECIMALS
    corners = [(x, y), (x + step, y), (x + step, y + step), (x, y + step), (x, y)]
    return tuple((round(a, DECIMALS), round(b, DECIMALS)) for a, b in corners)
