"""The small map: where a lot is, and no nearer than was published."""

import re

from treering.render import atlas
from treering.store import example


def test_every_province_of_the_example_has_its_place():
    known = {row["adcode"] for row in example.rows("provinces")}
    assert all(atlas.around(adcode) for adcode in known)


def test_an_unknown_province_has_no_map():
    assert atlas.around("999999") is None


def test_all_that_is_drawn_stays_near_the_picture():
    for adcode in ("150000", "460000", "230000", "ID-JI"):
        drawn = atlas.around(adcode)
        x = y = 0
        for move, a, b in re.findall(r"([Ml ])(-?\d+) (-?\d+)", drawn.land):
            x, y = (int(a), int(b)) if move == "M" else (x + int(a), y + int(b))
            assert -10 <= x <= atlas.WIDTH + 10
            assert -10 <= y <= atlas.HEIGHT + 10
        assert 0 < drawn.x < atlas.WIDTH
        assert 0 < drawn.y < atlas.HEIGHT


def test_the_picture_is_light():
    assert max(len(atlas.around(adcode).land) for adcode in atlas._places()) < 10_000
