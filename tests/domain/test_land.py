"""Polygons: what is land, what only looks like it, and how large it is on the ellipsoid."""

import json
from copy import deepcopy
from math import cos, radians
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from treering import errors
from treering.domain.land import boxes, measure, outline, polygon
from treering.domain.land.boxes import BOXES
from treering.domain.land.faults import Fault
from treering.domain.land.feature import features
from treering.domain.land.overlaps import overlaps
from treering.errors import PolygonRefused
from treering.render import atlas
from treering.store import example

SQUARE = [[105.0, 39.0], [105.01, 39.0], [105.01, 39.01], [105.0, 39.01], [105.0, 39.0]]
HOLE = [
    [105.002, 39.002],
    [105.002, 39.008],
    [105.008, 39.008],
    [105.008, 39.002],
    [105.002, 39.002],
]
ALXA = BOXES["150000"]
METRE = 1 / 111_320  # degrees


def geometry(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def fault(shape: object, box: boxes.Box = ALXA, declared: float | None = None) -> str:
    with pytest.raises(PolygonRefused) as caught:
        measure.judged(polygon.read(shape, box), declared)
    return caught.value.fault


def strip(long: float, wide: float) -> list[list[float]]:
    """So many metres from west to east, and from south to north."""
    east, north = 105 + long * METRE / cos(radians(39)), 39 + wide * METRE
    return [[105.0, 39.0], [east, 39.0], [east, north], [105.0, north], [105.0, 39.0]]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (None, Fault.NOT_A_POLYGON),
        ({"type": "Point", "coordinates": [105, 39]}, Fault.NOT_A_POLYGON),
        ({"type": "Polygon"}, Fault.NOT_A_POLYGON),
        (geometry(), Fault.NOT_A_POLYGON),
        ({"type": "MultiPolygon", "coordinates": []}, Fault.NOT_A_POLYGON),
        (geometry(SQUARE[:3]), Fault.RING_OPEN),
        (geometry(SQUARE[:-1]), Fault.RING_OPEN),
        (geometry([[105, 39, 1, 1]] * 4), Fault.NOT_A_POSITION),
        (geometry([7, 7, 7, 7]), Fault.NOT_A_POSITION),
        (geometry([["105", 39]] * 4), Fault.NOT_A_POSITION),
        (geometry([[True, 39]] * 4), Fault.NOT_A_POSITION),
        (geometry([[float("nan"), 39]] * 4), Fault.NOT_A_POSITION),
        (geometry([[10**400, 39]] * 4), Fault.NOT_A_POSITION),
        (geometry([SQUARE[0]] * 10_001), Fault.TOO_MANY_POINTS),
        (geometry([[y, x] for x, y in SQUARE]), Fault.SWAPPED),
        (geometry([[x + 300, y] for x, y in SQUARE]), Fault.OUT_OF_RANGE),
        (geometry([[x, y + 60] for x, y in SQUARE]), Fault.OUT_OF_RANGE),
        (geometry([[x - 200, y] for x, y in SQUARE]), Fault.OUTSIDE_PROVINCE),
        (
            geometry([[179.9, 39], [-179.9, 39], [-179.9, 39.1], [179.9, 39.1], [179.9, 39]]),
            Fault.CROSSES_ANTIMERIDIAN,
        ),
        (geometry([SQUARE[i] for i in (0, 2, 1, 3, 0)]), Fault.CROSSES_ITSELF),
        (geometry(HOLE, SQUARE), Fault.CROSSES_ITSELF),
        (geometry(strip(1609.344, 0.0254)), Fault.SLIVER),
        (geometry([[105, 39]] * 4), Fault.CROSSES_ITSELF),
    ],
)
def test_what_is_no_land_is_refused_by_its_fault(shape, expected):
    assert fault(shape) == expected


def test_a_square_with_a_mile_of_an_inch_hanging_on_it_is_a_sliver_too():
    inch, mile = 0.0254 * METRE, 16_000 * METRE
    ring = deepcopy(SQUARE)
    ring[1:2] = [
        [105.01, 39.0],
        [105.01 + mile, 39.0],
        [105.01 + mile, 39 + inch],
        [105.01, 39 + inch],
    ]
    assert fault(geometry(ring)) == Fault.SLIVER


def test_a_shelter_belt_of_three_metres_is_land():
    assert measure.judged(polygon.read(geometry(strip(5_000, 3))), 15_000) > 0


def test_latitude_before_longitude_is_seen_in_every_province_whose_box_can_tell():
    for code, box in BOXES.items():
        x, y = (box.west + box.east) / 2, (box.south + box.north) / 2
        ring = [[y + dy, x + dx] for dx, dy in ((0, 0), (0.01, 0), (0.01, 0.01), (0, 0))]
        if abs(x) > 90:
            assert fault(geometry(ring), box) == Fault.SWAPPED, code
        else:  # Xinjiang's and Tibet's west: still elsewhere
            assert fault(geometry(ring), box) in (Fault.SWAPPED, Fault.OUTSIDE_PROVINCE), code


def test_the_atlas_and_the_boxes_agree():
    for code, box in BOXES.items():
        found = atlas.around(code)
        assert found, code
        assert box.holds(found.longitude, found.latitude), code


def test_areas_are_those_of_the_ellipsoid_holes_left_out_heights_ignored():
    geod = Geod(ellps="WGS84")

    def alone(ring: list[list[float]]) -> float:
        return abs(geod.polygon_area_perimeter([p[0] for p in ring], [p[1] for p in ring])[0])

    whole = polygon.read(geometry([[*p, 1200.5] for p in SQUARE], HOLE), ALXA)
    assert measure.area(whole) == pytest.approx(alone(SQUARE) - alone(HOLE), rel=1e-9)
    two = {"type": "MultiPolygon", "coordinates": [[SQUARE], [[[x + 1, y] for x, y in SQUARE]]]}
    assert measure.area(polygon.read(two, ALXA)) == pytest.approx(2 * alone(SQUARE), rel=1e-9)
    assert polygon.read(two, ALXA).given is two
    assert polygon.read(two).box == (105.0, 39.0, 106.01, 39.01)


@given(st.booleans(), st.integers(0, 3))
def test_an_area_depends_neither_on_where_a_ring_begins_nor_on_how_it_turns(turned, begins):
    ring = SQUARE[:-1]
    ring = ring[begins:] + ring[: begins + 1]
    ring = ring[::-1] if turned else ring
    found = polygon.read(geometry(ring), ALXA)
    assert measure.area(found) == pytest.approx(measure.area(polygon.read(geometry(SQUARE))))
    assert measure.is_clockwise(found) is turned


@pytest.mark.parametrize(
    ("declared", "is_right"), [(0.96, True), (1.05, True), (1.06, False), (0.94, False)]
)
def test_an_area_is_what_was_declared_within_a_twentieth(declared, is_right):
    land = polygon.read(geometry(SQUARE), ALXA)
    area = measure.area(land)
    if is_right:
        assert measure.judged(land, area * declared) == area
    else:
        assert fault(geometry(SQUARE), declared=area * declared) == Fault.AREA_DIFFERS


def test_common_borders_are_no_overlap_and_a_pair_is_told_once():
    def at(east: float) -> Any:
        return measure.shape(polygon.read(geometry([[x + east, y] for x, y in SQUARE])))

    new = {"b": at(0.005), "c": at(0.012)}
    found = overlaps(new, {"a": at(0), "d": at(0.022)})
    assert {(each.one, each.other) for each in found} == {("b", "a"), ("b", "c")}
    assert found[0].area == pytest.approx(measure.area_of(at(0)) / 2, rel=1e-3)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"\xff\xfe",
        b'{"type":"FeatureCollection","features":[{}]}',
        b'{"type":"FeatureCollection","features":' + b"[" * 100_000,
        b'{"type":"FeatureCollection","features":[],"crs":{"type":"name"}}',
    ],
)
def test_what_is_no_collection_of_features_is_unreadable(content):
    with pytest.raises(errors.GroundUnreadable):
        features(content)


def test_a_site_is_told_in_our_words_and_no_others():
    told = json.loads(example.ground())
    told["features"][0]["properties"]["owner_phone"] = "13800000000"
    with pytest.raises(errors.GroundUnreadable, match="owner_phone"):
        features(json.dumps(told).encode())


def test_what_everybody_sees_of_land_has_three_decimals_and_is_never_nothing():
    detailed = [
        [105.00012, 39.00049],
        [105.0101, 39.0],
        [105.0099, 39.0104],
        [105.00012, 39.00049],
    ]
    tiny = [[105.00001, 39.0], [105.00002, 39.0], [105.00002, 39.00001], [105.00001, 39.0]]
    two = {"type": "MultiPolygon", "coordinates": [[detailed], [tiny]]}
    shown = outline.rounded(two)
    for (ring,) in shown["coordinates"]:
        assert len(ring) > 3
        assert ring[0] == ring[-1]
        assert all(round(value, 3) == value for point in ring for value in point)
    assert [len(ring) for ring in outline.outlines(two)] == [4, 5]
