"""Which pieces of land lie over each other, by Shapely's tree of their boxes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from treering.domain.land.measure import area_of

LEAST = 100.0  # square metres: neighbours' common borders are never quite the same line


@dataclass(frozen=True, slots=True)
class Overlap:
    """`area` in square metres."""

    one: str
    other: str
    area: float


def overlaps(new: Mapping[str, Any], standing: Mapping[str, Any]) -> list[Overlap]:
    """Each of `new` against all others, a pair once. Shapes are in degrees, by their names."""
    every = {**standing, **new}
    names: Sequence[str] = list(every)
    tree = shapely.STRtree([every[name] for name in names])
    found: list[Overlap] = []
    for name, land in new.items():
        for index in sorted(int(i) for i in tree.query(land, predicate="intersects")):
            other = names[index]
            if other == name or (other in new and other < name):
                continue
            if (both := area_of(land.intersection(every[other]))) > LEAST:
                found.append(Overlap(name, other, both))
    return found
