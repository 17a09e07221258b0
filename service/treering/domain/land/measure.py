"""Areas and shapes of land: on the WGS 84 ellipsoid, in square metres."""

from collections.abc import Iterator
from functools import cache
from math import cos, radians
from typing import Any

import shapely
from pyproj import Geod
from shapely.geometry.polygon import orient

from treering.domain.land.faults import Fault
from treering.domain.land.polygon import Polygon
from treering.errors import PolygonRefused

MU = 10_000 / 15  # square metres
TOLERANCE = 0.05  # of a declared area: surveys on a plane and old datums differ by less
NARROWEST = 2.0  # metres: a row of trees with its ground is wider
_PARALLEL = 111_320.0  # metres of a degree at the equator: to see shapes by, never to measure


@cache
def _ellipsoid() -> Geod:
    return Geod(ellps="WGS84")


def shape(polygon: Polygon) -> Any:
    """For Shapely, in degrees."""
    parts = [shapely.Polygon(outer, holes) for outer, *holes in polygon.parts]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def area(polygon: Polygon) -> float:
    """On the ellipsoid, holes left out."""
    return area_of(shape(polygon))


def area_of(land: Any) -> float:
    """Of any of Shapely's geometries, its lines and points counting nothing."""
    return sum(_area(part) for part in _polygons(land))


def judged(polygon: Polygon, declared: float | None) -> float:
    """The area; PolygonRefused if it crosses itself, is a sliver, or is not what was declared."""
    land = shape(polygon)
    if not land.is_valid:
        raise PolygonRefused(Fault.CROSSES_ITSELF, shapely.is_valid_reason(land))
    if any(_is_sliver(part) for part in _polygons(land)):
        told = f"a part of it is less than {NARROWEST:.0f} m wide"
        raise PolygonRefused(Fault.SLIVER, told)
    found = area_of(land)
    if declared is not None and abs(found - declared) > TOLERANCE * declared:
        told = f"{found:,.0f} m² on the ellipsoid, {declared:,.0f} m² declared"
        raise PolygonRefused(Fault.AREA_DIFFERS, told)
    return found


def is_clockwise(polygon: Polygon) -> bool:
    """Whether an outer ring turns the way that RFC 7946 does not."""
    return any(not shapely.LinearRing(outer).is_ccw for outer, *_ in polygon.parts)


def _polygons(land: Any) -> Iterator[Any]:
    return (part for part in shapely.get_parts(land) if part.geom_type == "Polygon")


def _area(part: Any) -> float:
    found, _ = _ellipsoid().geometry_area_perimeter(orient(part))
    return float(abs(found))


def _is_sliver(part: Any) -> bool:
    """Whether it is narrow all over, or most of its outline is that of something narrow."""
    flat = _flattened(part)
    rest = flat.buffer(-NARROWEST / 2)
    return bool(rest.is_empty or flat.length > 2 * rest.buffer(NARROWEST / 2).length)


def _flattened(part: Any) -> Any:
    """On a plane of metres about its middle."""
    middle = part.centroid
    across = _PARALLEL * cos(radians(middle.y))

    def flat(points: Any) -> Any:
        return (points - (middle.x, middle.y)) * (across, _PARALLEL)

    return shapely.transform(part, flat)
