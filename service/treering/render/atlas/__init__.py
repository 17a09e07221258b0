"""A small map of where a lot is: coastlines around a province, as paths of an SVG.

Land alone is drawn, and no border. Where a lot lies within its province is not published, so
a mark of a province's size says where it may be, never a point where it is.
"""

import csv
import json
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from treering.domain.provenance.search import Box
from treering.render.atlas.window import HEIGHT, WIDTH, Window, path_of

__all__ = ["HEIGHT", "WIDTH", "Frame", "Map", "around", "frame", "middle_of"]
_FRAME = (104, 35)  # the middle of the picture for every place that it then holds
_MARGIN = 30  # units at least between such a place and the picture's edge


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
    window = Window(*_FRAME)
    if not _holds(window, place):
        window = Window(*place)
    x, y = window.at(*place)
    return Map(*place, round(x), round(y), *_drawn(window))


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the map that somebody asks for; `land` and `lines` as in `Map`."""

    window: Window
    land: str
    lines: str


def frame(box: Box | None) -> Frame:
    """All of the box; without one, as much as every province's own map shows."""
    window = Window.over(box) if box else Window(*_FRAME)
    return Frame(window, *_drawn(window))


def middle_of(adcode: str) -> tuple[int, int] | None:
    """A province's middle, longitude first, to a whole degree; None for an unknown one."""
    return _places().get(adcode)


def _holds(window: Window, place: tuple[int, int]) -> bool:
    x, y = window.at(*place)
    return _MARGIN <= x <= WIDTH - _MARGIN and _MARGIN <= y <= HEIGHT - _MARGIN


@lru_cache(maxsize=64)  # anybody who may search asks for frames of his own
def _drawn(window: Window) -> tuple[str, str]:
    rings = [clipped for ring in _land() if (clipped := window.shown(ring))]
    return path_of(rings), window.lines()


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
