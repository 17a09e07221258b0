"""A polygon of GeoJSON (RFC 7946) as it was given: rings of longitude and latitude, WGS 84.

Read with suspicion: what a file calls a polygon may be anything. The order of a ring's points
(clockwise or not) is as it came; RFC 7946 asks readers not to insist, and areas do not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from treering.domain.land.boxes import EVERYWHERE, Box
from treering.domain.land.faults import Fault
from treering.errors import PolygonRefused

MOST_POINTS = 10_000
_WHOLE = ("Polygon", "MultiPolygon")
Point = tuple[float, float]
Ring = tuple[Point, ...]
Part = tuple[Ring, ...]  # the outer ring, and then its holes


@dataclass(frozen=True, slots=True)
class Polygon:
    """`given` is the geometry's GeoJSON, untouched; `parts` its rings, closed, without heights."""

    given: Mapping[str, Any]
    parts: tuple[Part, ...]

    @property
    def points(self) -> Iterator[Point]:
        return (point for part in self.parts for ring in part for point in ring)

    @property
    def box(self) -> Box:
        west, east = _ends(x for x, _ in self.points)
        south, north = _ends(y for _, y in self.points)
        return Box(west, south, east, north)


def read(geometry: object, province: Box = EVERYWHERE) -> Polygon:
    """The polygon, which lies in the province's box; PolygonRefused names the first fault."""
    if not isinstance(geometry, dict) or geometry.get("type") not in _WHOLE:
        raise PolygonRefused(Fault.NOT_A_POLYGON, "only Polygon and MultiPolygon are land")
    coordinates = geometry.get("coordinates")
    parts = [coordinates] if geometry["type"] == "Polygon" else _list(coordinates, "parts")
    _count(coordinates)
    polygon = Polygon(geometry, tuple(_part(part) for part in parts))
    _check_place(polygon, province)
    return polygon


def _ends(values: Iterator[float]) -> tuple[float, float]:
    every = list(values)
    return min(every), max(every)


def _count(coordinates: object) -> None:
    """Counted before anything is built of them."""
    waiting, found = [coordinates], 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, list) and one and not isinstance(one[0], list):
            found += 1
        elif isinstance(one, list):
            waiting.extend(one)
        if found > MOST_POINTS:
            raise PolygonRefused(Fault.TOO_MANY_POINTS, f"at most {MOST_POINTS} are read")


def _list(value: object, what: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise PolygonRefused(Fault.NOT_A_POLYGON, f"there are no {what}")
    return value


def _part(part: object) -> Part:
    return tuple(_ring(ring) for ring in _list(part, "rings"))


def _ring(ring: object) -> Ring:
    points = tuple(_point(position) for position in _list(ring, "points"))
    if len(points) < 4 or points[0] != points[-1]:
        raise PolygonRefused(
            Fault.RING_OPEN, "a ring has four points at least, the last its first"
        )
    return points


def _point(position: object) -> Point:
    if not isinstance(position, list) or len(position) not in (2, 3):
        raise PolygonRefused(Fault.NOT_A_POSITION, "a position is longitude and latitude")
    if not all(_is_number(value) for value in position):
        raise PolygonRefused(Fault.NOT_A_POSITION, "longitude and latitude are finite numbers")
    return float(position[0]), float(position[1])


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and -1e9 < value < 1e9  # neither NaN nor anything that overflows


def _check_place(polygon: Polygon, province: Box) -> None:
    if _is_swapped(polygon, province):
        raise PolygonRefused(Fault.SWAPPED, "latitude stands before longitude")
    for x, y in polygon.points:
        if not EVERYWHERE.holds(x, y):
            raise PolygonRefused(Fault.OUT_OF_RANGE, f"{x} {y} is nowhere on Earth")
    for part in polygon.parts:
        for ring in part:
            if any(abs(a[0] - b[0]) > 180 for a, b in pairwise(ring)):
                raise PolygonRefused(
                    Fault.CROSSES_ANTIMERIDIAN, "cut it there into two parts (RFC 7946, 3.1.9)"
                )
    for x, y in polygon.points:
        if not province.holds(x, y):
            raise PolygonRefused(Fault.OUTSIDE_PROVINCE, f"{x:.3f} {y:.3f} lies elsewhere")


def _is_swapped(polygon: Polygon, province: Box) -> bool:
    """Not one point lies there as it stands, and each does with its numbers changed over."""
    points = list(polygon.points)
    here = any(province.holds(x, y) for x, y in points)
    return not here and all(province.holds(y, x) for x, y in points)
