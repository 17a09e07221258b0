"""Rough boxes around provinces: enough to see that latitude came before longitude, or that a
site lies in another part of the country.

Whole degrees, about one degree wider than the land (derived; no border is drawn by them). Sea
that belongs to a province's programmes lies in its box.
"""

from typing import NamedTuple


class Box(NamedTuple):
    """In degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, longitude: float, latitude: float) -> bool:
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


BOXES = {
    "110000": Box(114, 38, 119, 42),
    "120000": Box(115, 37, 120, 42),
    "130000": Box(112, 35, 121, 44),
    "140000": Box(109, 33, 116, 42),
    "150000": Box(96, 36, 127, 55),
    "210000": Box(117, 37, 127, 45),
    "220000": Box(120, 39, 133, 48),
    "230000": Box(120, 42, 137, 55),
    "310000": Box(119, 29, 124, 33),
    "320000": Box(115, 29, 124, 37),
    "330000": Box(117, 26, 125, 33),
    "340000": Box(113, 28, 121, 36),
    "350000": Box(114, 22, 122, 30),
    "360000": Box(112, 23, 120, 32),
    "370000": Box(113, 33, 124, 40),
    "410000": Box(109, 30, 118, 38),
    "420000": Box(107, 28, 118, 35),
    "430000": Box(107, 23, 116, 32),
    "440000": Box(108, 19, 119, 27),
    "450000": Box(103, 19, 114, 28),
    "460000": Box(107, 3, 120, 22),
    "500000": Box(104, 27, 112, 34),
    "510000": Box(96, 25, 110, 36),
    "520000": Box(102, 23, 111, 31),
    "530000": Box(96, 20, 108, 31),
    "540000": Box(77, 25, 101, 38),
    "610000": Box(104, 30, 113, 41),
    "620000": Box(91, 31, 110, 44),
    "630000": Box(88, 30, 105, 41),
    "640000": Box(103, 34, 109, 41),
    "650000": Box(72, 33, 98, 51),
    "ID-JI": Box(109, -12, 118, -4),
    "PH-BUL": Box(119, 13, 123, 17),
}
EVERYWHERE = Box(-180, -90, 180, 90)
