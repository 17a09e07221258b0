"""What can be wrong with a polygon, each under a name that stays."""

from enum import StrEnum


class Fault(StrEnum):
    """The refusals of `PolygonRefused`, in the order in which they are looked for."""

    NOT_A_POLYGON = "NOT_A_POLYGON"
    TOO_MANY_POINTS = "TOO_MANY_POINTS"
    NOT_A_POSITION = "NOT_A_POSITION"
    RING_OPEN = "RING_OPEN"
    SWAPPED = "SWAPPED"  # latitude before longitude
    OUT_OF_RANGE = "OUT_OF_RANGE"
    CROSSES_ANTIMERIDIAN = "CROSSES_ANTIMERIDIAN"
    OUTSIDE_PROVINCE = "OUTSIDE_PROVINCE"
    CROSSES_ITSELF = "CROSSES_ITSELF"
    SLIVER = "SLIVER"  # a mile long and an inch wide
    AREA_DIFFERS = "AREA_DIFFERS"
