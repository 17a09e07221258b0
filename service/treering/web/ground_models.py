"""What the API answers of the ground, as OpenAPI documents it. Places have three decimals."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from treering.domain.lot import Standing


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class SiteOut(_Answer):
    code: str
    project_en: str | None
    project_zh: str | None
    zone: str = Field(json_schema_extra={"enum": ["ARID", "COLD_PLATEAU", "OTHER"]})
    area_m2: float = Field(description="Computed on the ellipsoid")
    declared_m2: float | None
    outline: dict[str, Any] = Field(description="GeoJSON, rounded to three decimals")
    standing: Standing
    source: str


class PartyOut(_Answer):
    role: str
    code: str
    en: str
    zh: str
    stated_on: str | None
    standing: Standing
    source: str


class FactOut(_Answer):
    value: str
    standing: Standing
    source: str


class CountOut(_Answer):
    """One count of the lot; null where nobody stated it, or while the chain is silent."""

    name: str = Field(
        json_schema_extra={"enum": ["endorsed", "minted", "accepted", "alive", "deficit"]}
    )
    value: int | None
    source: str = Field(json_schema_extra={"enum": ["statement", "contract"]})
    by_en: str | None
    by_zh: str | None
    stated_on: date | None
    as_of: datetime | None
    block: int | None


class SurvivalOut(_Answer):
    alive: int
    planted: int
    per_mille: int
    outcome: str = Field(json_schema_extra={"enum": ["PASSED", "REPLANT", "FAILED"]})
    measure: str
    measured_on: date
    passes_percent: int
    replant_percent: int
    standard: str
    from_sheet: bool = Field(description="Else from the counts of two statements")


class DueOut(_Answer):
    lot: str
    stage: str
    why: str = Field(json_schema_extra={"enum": ["FIRST_SEASON", "PRESERVATION", "REPLANTED"]})
    begins: date
    ends: date
    overdue: bool


class AllDueOut(_Answer):
    due: list[DueOut]


class DisputeOut(_Answer):
    code: str
    kind: str = Field(json_schema_extra={"enum": ["STATEMENT", "OVERLAP", "CLAIM"]})
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
    standing: Standing
    source: str


class ExhibitOut(_Answer):
    hash: str = Field(description="SHA-256 of the file as it is kept, without people's data")
    received: str = Field(description="SHA-256 of the file as it came")
    lot: str
    kind: str
    media_type: str
    size: int
    party_en: str | None
    party_zh: str | None
    taken_on: str | None
    longitude: float | None
    latitude: float | None
    caption_en: str
    caption_zh: str
    standing: Standing
    source: str
    added_at: datetime
    checked_at: datetime
    lost_at: datetime | None
    lost_why: str | None
    url: str


class GroundOut(_Answer):
    site: SiteOut | None
    parties: list[PartyOut]
    facts: dict[str, FactOut]
    density_band: tuple[float | None, float | None] | None
    in_band: bool | None
    counts: list[CountOut]
    survival: SurvivalOut | None
    due: DueOut | None
    disputes: list[DisputeOut]
    evidence: list[ExhibitOut]
    sheets: dict[str, dict[str, Any]]


class LandOut(_Answer):
    sites: int
    claims: int
    disputes: list[str]
    remarks: list[str]


class ExactSiteOut(_Answer):
    lot: str
    site: SiteOut
    geometry: dict[str, Any] = Field(description="GeoJSON as it was given")


class StatementStateOut(_Answer):
    id: str
    state: str = Field(json_schema_extra={"enum": ["received", "stated", "refused"]})
    why: str | None = None
