"""A lot as a map shows it to whoever watches over the whole."""

from dataclasses import dataclass

from treering.domain.provenance.search import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """`box` holds the lot's polygon, None where nobody gave one; `asked` units are redeemed.

    `disputes` are those that stand open.
    """

    slug: str
    programme: str
    province: str
    province_en: str
    province_zh: str
    site_en: str
    site_zh: str
    species: str
    species_en: str
    species_zh: str
    unit: str
    year: int
    asked: int
    disputes: int
    box: Box | None
