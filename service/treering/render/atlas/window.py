"""What part of the world a picture shows, and the land that is drawn in it."""

import itertools
from dataclasses import dataclass
from math import ceil, cos, floor, radians
from typing import Self

from treering.domain.provenance.search import Box

WIDTH, HEIGHT = 480, 300  # the picture's own units
_TENTHS = 10  # of a degree, in which land.json counts
_STEPS = ((25.0, 10), (10.0, 5), (0.0, 1))  # from so many degrees on, a line at every such one
_LEAST, _MOST = 2.0, 360.0  # degrees across: the coast is told to a tenth of one
_POLAR = 75.0  # beyond it a middle would make the picture's width the whole world's
_Ring = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Window:
    """Around a middle; `degrees` of latitude are as long as the picture is wide."""

    longitude: float
    latitude: float
    degrees: float = 50.0

    @classmethod
    def over(cls, box: Box) -> Self:
        """All of the box, and a little more."""
        latitude = max(-_POLAR, min(_POLAR, (box.south + box.north) / 2))
        wide = (box.east - box.west) * cos(radians(latitude))
        high = (box.north - box.south) * WIDTH / HEIGHT
        degrees = max(_LEAST, min(_MOST, max(wide, high) * 1.15))
        return cls((box.west + box.east) / 2, latitude, degrees)

    @property
    def scale(self) -> float:
        """Units of the picture for one degree of latitude."""
        return WIDTH / self.degrees

    @property
    def box(self) -> Box:
        """What it shows, as far as there is a world."""
        across, down = self._halves
        return Box(
            max(-180.0, self.longitude - across),
            max(-90.0, self.latitude - down),
            min(180.0, self.longitude + across),
            min(90.0, self.latitude + down),
        )

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a place stands in the picture; lengths are true at the middle's latitude."""
        x = (longitude - self.longitude) * cos(radians(self.latitude)) * self.scale
        return WIDTH / 2 + x, HEIGHT / 2 - (latitude - self.latitude) * self.scale

    def shown(self, ring: list[int]) -> _Ring:
        """The part of a ring that the picture holds, with a little more beside it."""
        pairs = zip(ring[::2], ring[1::2], strict=True)
        found = [self.at(x / _TENTHS, y / _TENTHS) for x, y in pairs]
        for axis, limit in ((0, WIDTH + 8.0), (1, HEIGHT + 8.0)):
            found = _cut(found, axis, -8.0, above=True)
            found = _cut(found, axis, limit, above=False)
        return found

    def lines(self) -> str:
        """Meridians and parallels, as many as a picture bears."""
        meridians, parallels = self.degrees_drawn
        drawn = [f"M{self.at(degree, 0)[0]:.1f} 0V{HEIGHT}" for degree in meridians]
        drawn += [f"M0 {self.at(0, degree)[1]:.1f}H{WIDTH}" for degree in parallels]
        return "".join(drawn)

    @property
    def degrees_drawn(self) -> tuple[range, range]:
        """The degrees of the meridians and of the parallels that have a line."""
        across, down = self._halves
        step = next(step for least, step in _STEPS if self.degrees >= least)
        return (
            _between(self.longitude - across, self.longitude + across, step),
            _between(self.latitude - down, self.latitude + down, step),
        )

    @property
    def _halves(self) -> tuple[float, float]:
        """Degrees from the middle to the side, and to the top."""
        across = self.degrees / 2 / cos(radians(self.latitude))
        return across, self.degrees / 2 * HEIGHT / WIDTH


def path_of(rings: list[_Ring]) -> str:
    """One path for all, in whole units, from point to point: what is smaller cannot be seen."""
    return "".join(filter(None, map(_outline, rings)))


def _between(low: float, high: float, step: int) -> range:
    """Multiples of `step` in the open interval."""
    return range(step * (floor(low / step) + 1), ceil(high), step)


def _cut(ring: _Ring, axis: int, limit: float, *, above: bool) -> _Ring:
    """The ring on one side of a line (Sutherland and Hodgman)."""
    kept: _Ring = []
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


def _outline(ring: _Ring) -> str:
    points = [(round(x), round(y)) for x, y in ring]
    steps = [
        f"{x - a} {y - b}" for (a, b), (x, y) in itertools.pairwise(points) if (a, b) != (x, y)
    ]
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z" if len(steps) > 1 else ""
