"""What a lot stands on, as pages and regulators are shown it: facts, each with its standing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from treering.domain.due import Due
from treering.domain.land.boxes import Box
from treering.domain.survival import Survival


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`geometry` is the GeoJSON as it was given, for those who may see it."""

    code: str
    project_en: str | None
    project_zh: str | None
    zone: str
    geometry: Mapping[str, Any]
    box: Box
    area_m2: float
    declared_m2: float | None
    standing: str
    source: str
    loaded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyOnLot:
    """A named party in a role."""

    role: str
    code: str
    en: str
    zh: str
    stated_on: str | None
    standing: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    value: str
    standing: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """`kind`: what somebody stated, land of two sites, or land that others claim elsewhere.

    `beside` is the other site's lot or the register's reference; `area_m2` lies under both.
    """

    code: str
    kind: str
    beside: str | None
    area_m2: float | None
    opened_on: str
    raised_by_en: str
    raised_by_zh: str
    statement_en: str
    statement_zh: str
    answered_on: str | None
    answered_by_en: str | None
    answered_by_zh: str | None
    answer_en: str | None
    answer_zh: str | None
    closed_on: str | None
    standing: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A file of evidence. Its place, where it tells one, has three decimals at most."""

    hash: bytes
    received: bytes
    lot: str
    party_en: str | None
    party_zh: str | None
    kind: str
    media_type: str
    size: int
    taken_on: str | None
    longitude: Decimal | None
    latitude: Decimal | None
    caption_en: str
    caption_zh: str
    standing: str
    source: str
    added_at: datetime
    checked_at: datetime
    lost_at: datetime | None
    lost_why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotGround:
    """All that is known of what a lot stands on; `site` is None until somebody gave a polygon.

    `in_band` is None where no count, or no band of the species, is known.
    """

    site: Site | None
    parties: tuple[PartyOnLot, ...]
    facts: Mapping[str, Fact]
    disputes: tuple[Dispute, ...]
    evidence: tuple[Exhibit, ...]
    in_band: bool | None = None
    band: tuple[float | None, float | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotBook:
    """What is known of a lot beside the chain's own facts. `sheets` are by the hash that the
    statement names; `survival` is of the newest statement that tells one."""

    ground: LotGround
    sheets: Mapping[bytes, Mapping[str, Any]]
    survival: Survival | None
    due: Due | None
