"""What the API answers of the ground, as OpenAPI documents it. Places have three decimals."""

from datetime import date, datetime
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from treering.domain.ground import Dispute, Fact, PartyOnLot
from treering.domain.lot import Standing


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


def _shown(fact: type, **narrower: Any) -> Any:
    """The answer that shows all of a fact of the domain, some of it told more narrowly."""
    plain = {name: (hint, ...) for name, hint in get_type_hints(fact).items()}
    fields: Any = plain | narrower | {"standing": (Standing, ...)}
    return create_model(f"{fact.__name__}Out", __base__=_Answer, __doc__=fact.__doc__, **fields)


_KINDS = Field(json_schema_extra={"enum": ["STATEMENT", "OVERLAP", "CLAIM"]})
PartyOut: Any = _shown(PartyOnLot)
FactOut: Any = _shown(Fact)
DisputeOut: Any = _shown(Dispute, kind=(str, _KINDS))


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
