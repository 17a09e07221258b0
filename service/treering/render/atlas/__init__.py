"""A small map of where a lot is: coastlines around a province, as paths of an SVG.

Land alone is drawn, and no border. Where a lot lies within its province is not published, so
a mark of a province's size says where it may be, never a point where it is.
"""

import csv
import itertools
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import cos, floor, radians

WIDTH, HEIGHT = 480, 300  # the picture's own units
_DEGREES = 50.0  # of latitude, that are as long as the picture is wide
_FRAME = (104, 35)  # the middle of the picture for every place that it then holds
_MARGIN = 30  # units at least between such a place and the picture's edge
_TENTHS = 10  # of a degree, in which land.json counts
Ring = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Map:
    """`land` and `lines` are SVG paths in a box of WIDTH × HEIGHT; the place is at `x`, `y`.

    `lines` are the meridians and parallels at every tenth degree. `longitude` and `latitude`
    are the middle of the province, to a whole degree.
    """

    longitude: int
    latitude: int
    x: int
    y: int
    land: str
    lines: str


@cache
def around(adcode: str) -> Map | None:
    """The map around a province's middle; None for one that the atlas does not know."""
    place = _places().get(adcode)
    if place is None:
        return None
    window = _Window(*_FRAME)
    if not window.holds(place):
        window = _Window(*place)
    x, y = window.at(*place)
    return Map(*place, round(x), round(y), *_drawn(window))


@cache
def _drawn(window: "_Window") -> tuple[str, str]:
    rings = [clipped for ring in _land() if (clipped := window.shown(ring))]
    return _path(rings), window.lines()


@dataclass(frozen=True, slots=True)
class _Window:
    longitude: int
    latitude: int

    @property
    def scale(self) -> float:
        """Units of the picture for one degree of latitude."""
        return WIDTH / _DEGREES

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a place stands in the picture; lengths are true at the middle's latitude."""
        x = (longitude - self.longitude) * cos(radians(self.latitude)) * self.scale
        return WIDTH / 2 + x, HEIGHT / 2 - (latitude - self.latitude) * self.scale

    def holds(self, place: tuple[int, int]) -> bool:
        x, y = self.at(*place)
        return _MARGIN <= x <= WIDTH - _MARGIN and _MARGIN <= y <= HEIGHT - _MARGIN

    def shown(self, ring: list[int]) -> Ring:
        """The part of a ring that the picture holds, with a little more beside it."""
        pairs = zip(ring[::2], ring[1::2], strict=True)
        found = [self.at(x / _TENTHS, y / _TENTHS) for x, y in pairs]
        for axis, limit in ((0, WIDTH + 8.0), (1, HEIGHT + 8.0)):
            found = _cut(found, axis, -8.0, above=True)
            found = _cut(found, axis, limit, above=False)
        return found

    def lines(self) -> str:
        half = _DEGREES / 2 / cos(radians(self.latitude))
        drawn = []
        for degree in _tens(self.longitude - half, self.longitude + half):
            drawn.append(f"M{self.at(degree, 0)[0]:.1f} 0V{HEIGHT}")
        half = _DEGREES / 2 * HEIGHT / WIDTH
        for degree in _tens(self.latitude - half, self.latitude + half):
            drawn.append(f"M0 {self.at(0, degree)[1]:.1f}H{WIDTH}")
        return "".join(drawn)


def _tens(low: float, high: float) -> range:
    return range(10 * (floor(low / 10) + 1), floor(high) + 1, 10)


def _cut(ring: Ring, axis: int, limit: float, *, above: bool) -> Ring:
    """The ring on one side of a line (Sutherland and Hodgman)."""
    kept: Ring = []
    for before, point in zip(ring[-1:] + ring[:-1], ring, strict=True):
        inside, was_inside = ((p[axis] > limit) is above for p in (point, before))
        if inside is not was_inside:
            kept.append(_crossing(before, point, axis, limit))
        if inside:
            kept.append(point)
    return kept


def _crossing(
    a: tuple[float, float], b: tuple[float, float], axis: int, limit: float
) -> tuple[float, float]:
    share = (limit - a[axis]) / (b[axis] - a[axis])
    other = a[1 - axis] + share * (b[1 - axis] - a[1 - axis])
    return (limit, other) if axis == 0 else (other, limit)


def _path(rings: list[Ring]) -> str:
    """One path for all, in whole units, from point to point: what is smaller cannot be seen."""
    return "".join(filter(None, map(_outline, rings)))


def _outline(ring: Ring) -> str:
    points = [(round(x), round(y)) for x, y in ring]
    steps = [
        f"{x - a} {y - b}" for (a, b), (x, y) in itertools.pairwise(points) if (a, b) != (x, y)
    ]
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z" if len(steps) > 1 else ""


@cache
def _land() -> list[list[int]]:
    rings: list[list[int]] = json.loads(_text("land.json"))
    return rings


@cache
def _places() -> dict[str, tuple[int, int]]:
    rows = csv.DictReader(_text("places.csv").splitlines())
    return {row["adcode"]: (int(row["longitude"]), int(row["latitude"])) for row in rows}


def _text(name: str) -> str:
    return files("treering.render.atlas").joinpath(name).read_text("utf-8")
