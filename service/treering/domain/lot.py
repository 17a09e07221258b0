"""A lot: one site, one planting year, one species, one unit. People know it as a forest."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from treering.domain.record import LotId


class Unit(IntEnum):
    """What a lot is counted in, numbered as on chain. Only TREE is ever summed as trees."""

    TREE = 1
    PLANT = 2
    M2 = 3


class Standing(StrEnum):
    """How far a published figure can be trusted. A placeholder is shown as one."""

    REPORTED = "reported"
    WEAKLY_REPORTED = "weakly reported"
    DERIVED = "derived"
    PLACEHOLDER = "placeholder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Species:
    code: str
    en: str
    zh: str
    latin: str
    unit: Unit
    energy_grams: int  # the price of one unit, in grams of green energy
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """`slug` is the lot's public name, such as ANT_FOREST-277; `site` its code on chain.

    `capacity` is what inspectors let the lot hold, `asked` what is redeemed of it.
    """

    id: LotId
    slug: str
    programme: str
    site: str
    site_en: str
    site_zh: str
    adcode: str
    province_en: str
    province_zh: str
    species: Species
    unit: Unit
    year: int
    area_m2: int | None
    capacity: int
    asked: int
    implementer_en: str
    implementer_zh: str
    inspector: str | None
    inspector_en: str | None
    inspector_zh: str | None
    inspected_on: str | None
    standing: Standing
    note: str

    @property
    def left(self) -> int:
        return self.capacity - self.asked
