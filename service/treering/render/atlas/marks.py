"""Lots as marks on a map: what would lie over one another is one mark."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import hypot, log10

from treering.domain.provenance.search import Box
from treering.domain.provenance.spot import Spot
from treering.render.atlas import HEIGHT, WIDTH, middle_of
from treering.render.atlas.window import Window

_APART = 30.0  # units between two marks' middles, so that a finger meets one of them


@dataclass(slots=True)
class Mark:
    """At `x`, `y` of the picture."""

    x: float
    y: float
    spots: list[Spot] = field(default_factory=list)

    @property
    def radius(self) -> float:
        return round(min(20.0, 8.0 + 6.0 * log10(len(self.spots))), 1)

    @property
    def asked(self) -> dict[str, int]:
        """Units redeemed, by their kind: kinds are never added."""
        found: dict[str, int] = {}
        for spot in self.spots:
            found[spot.unit] = found.get(spot.unit, 0) + spot.asked
        return found

    @property
    def disputes(self) -> int:
        return sum(spot.disputes for spot in self.spots)


def place_of(spot: Spot) -> tuple[float, float] | None:
    """The middle of its polygon, else of its province; None where neither is known."""
    if spot.box is None:
        return middle_of(spot.province)
    return (spot.box.west + spot.box.east) / 2, (spot.box.south + spot.box.north) / 2


def marks(window: Window, spots: Iterable[Spot]) -> list[Mark]:
    """Those that the picture holds."""
    found: list[Mark] = []
    for spot in spots:
        place = place_of(spot)
        if place is None:
            continue
        x, y = window.at(*place)
        if 0 <= x <= WIDTH and 0 <= y <= HEIGHT:
            _mark_at(found, x, y).spots.append(spot)
    return found


def around_all(spots: Iterable[Spot], beside: float = 1.0) -> Box | None:
    """A box that holds the middles of all, with so many degrees beside them; None for none."""
    places = [place for spot in spots if (place := place_of(spot))]
    if not places:
        return None
    xs, ys = [x for x, _ in places], [y for _, y in places]
    return Box(
        max(-180.0, min(xs) - beside),
        max(-90.0, min(ys) - beside),
        min(180.0, max(xs) + beside),
        min(90.0, max(ys) + beside),
    )


def _mark_at(found: list[Mark], x: float, y: float) -> Mark:
    for mark in found:
        if hypot(mark.x - x, mark.y - y) < _APART:
            return mark
    found.append(Mark(round(x, 1), round(y, 1)))
    return found[-1]
