"""What `treering ground load` reads: a GeoJSON FeatureCollection of sites and of claims.

A site's feature names a lot, and what is known of its planting, its parties and its disputes;
a claim's feature names the register that it stands in elsewhere. Nothing but these fields.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from treering.errors import GroundUnreadable

Standing = Literal["reported", "weakly reported", "derived", "placeholder"]
Role = Literal["FUNDER", "FOUNDATION", "IMPLEMENTER", "INSPECTOR", "GOVERNMENT"]
Zone = Literal["ARID", "COLD_PLATEAU", "OTHER"]
Text = Annotated[str, Meta(min_length=1, max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$")]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$(?!\n)")]
Metres = Annotated[float, Meta(gt=0, le=1e13)]
FACTS = (
    "PLANTED_FROM",
    "PLANTED_UNTIL",
    "ROW_METRES",
    "PLANT_METRES",
    "DESIGN_COUNT",
)


class Project(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: Text
    en: Text
    zh: Text


class Party(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`party` is its code in the table of parties."""

    party: Text
    role: Role
    stated_on: Day | None = None
    standing: Standing
    source: Text


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    value: Day | Annotated[float, Meta(gt=0, le=1e12)]
    standing: Standing
    source: Text


class Dispute(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody disputes of the lot, and what was answered."""

    code: Annotated[str, Meta(pattern=r"^[A-Z0-9-]{1,40}$(?!\n)")]
    opened_on: Day
    raised_by_en: Text
    raised_by_zh: Text
    statement_en: Text
    statement_zh: Text
    answered_on: Day | None = None
    answered_by_en: Text | None = None
    answered_by_zh: Text | None = None
    answer_en: Text | None = None
    answer_zh: Text | None = None
    closed_on: Day | None = None
    standing: Standing
    source: Text


class SiteIn(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="site",
):
    lot: Text
    zone: Zone
    declared_m2: Metres | None = None
    project: Project | None = None
    parties: tuple[Party, ...] = ()
    facts: dict[str, Fact] = {}
    disputes: tuple[Dispute, ...] = ()
    standing: Standing
    source: Text


class ClaimIn(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="claim",
):
    register: Text
    reference: Text
    standing: Standing


class Feature(msgspec.Struct, frozen=True):
    type: Literal["Feature"]
    properties: SiteIn | ClaimIn
    geometry: Any


class _Collection(msgspec.Struct, frozen=True):
    type: Literal["FeatureCollection"]
    features: list[Feature]
    crs: Any = None


_DECODER = msgspec.json.Decoder(_Collection)


def features(content: bytes) -> list[Feature]:
    """GroundUnreadable says where and why."""
    try:
        collection = _DECODER.decode(content)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise GroundUnreadable(str(error)) from error
    if collection.crs is not None:  # an older GeoJSON's way to be in other coordinates
        raise GroundUnreadable("crs: GeoJSON is WGS 84 (RFC 7946, 4)")
    return collection.features
