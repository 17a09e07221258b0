"""What the API answers, as OpenAPI documents it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from treering.domain.lot import Standing
from treering.domain.verification import Check, State, Verdict
from treering.web.models.ground import GroundOut

UNIT = Field(json_schema_extra={"enum": ["TREE", "PLANT", "M2"]})


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class FieldProblem(_Answer):
    field: str
    why: str


class Problem(_Answer):
    """RFC 9457. `code` is stable; each is explained at the address in `type`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    left: int | None = Field(None, description="With TR305: how many units the lot has left")
    waits_for: Literal["batch", "block", "finality", "person"] | None = Field(
        None, description="With TR315: what the record still waits for"
    )
    errors: list[FieldProblem] | None = Field(None, description="With TR312: which field, and why")


class OwnCopyIn(BaseModel):
    """What a programme asks for on behalf of a holder."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    holder: str = Field(max_length=200, description="The reference given when it was redeemed")
    name: str | None = Field(None, max_length=400, description="The holder's name, to open it")
    made_for: str = Field(
        "", max_length=200, description="The word of whoever will look, so that it is not shown on"
    )
    open: list[Literal["id", "name"]] = Field(
        ["id", "name"], description="What the copy opens; what is left out stays closed"
    )


class RedemptionOut(_Answer):
    """A redemption and its certificates, in the order of their serials."""

    id: UUID
    programme: str
    lot: str
    first_serial: int
    count: int
    numbers: list[str] = Field(description="The certificates' numbers")
    urls: list[str] = Field(description="The certificates' pages, in the same order")
    price_grams: int = Field(description="Green energy for one unit, in grams, on its day")
    campaign: str | None
    redeemed_at: datetime
    replayed: bool = Field(description="The same Idempotency-Key had brought it before")


class Bilingual(_Answer):
    en: str
    zh: str


class FindingOut(_Answer):
    number: int = Field(ge=1, le=10, description="The check's number")
    check: Check
    verdict: Verdict
    code: str
    text: Bilingual
    next: Bilingual | None = Field(description="What to do now, where there is anything to do")
    detail: str
    evidence: dict[str, str | int | bool | None]
    as_of: datetime


class ReportOut(_Answer):
    """INVALID if any finding is, VALID only if all are, else UNKNOWN, which is neither."""

    number: str
    state: State
    verdict: Verdict
    findings: list[FindingOut]


class SpeciesOut(_Answer):
    code: str
    en: str
    zh: str
    latin: str
    energy_grams: int
    standing: Standing


class FactsOut(_Answer):
    """What the contract says of the lot at one block."""

    endorsed: int
    accepted: int | None
    surveyed: int | None
    minted: int
    revoked: int
    live: int
    deficit: int
    closed: bool
    dossier: str
    block: int
    block_hash: str
    as_of: datetime


class StatementOut(_Answer):
    stage: str = Field(json_schema_extra={"enum": ["ENDORSEMENT", "ACCEPTANCE", "SURVEY"]})
    inspector: str
    party_en: str | None
    party_zh: str | None
    count: int
    inspected_at: datetime
    report: str
    transaction: str
    id: str
    supersedes: str | None


class LotOut(_Answer):
    lot: str
    id: int
    programme: str
    site: str
    site_en: str
    site_zh: str
    adcode: str
    province_en: str
    province_zh: str
    species: SpeciesOut
    unit: str = UNIT
    planting_year: int
    area_m2: int | None
    capacity: int
    asked: int
    left: int
    implementer_en: str
    implementer_zh: str
    inspector_en: str | None
    inspector_zh: str | None
    inspected_on: str | None
    standing: Standing
    note: str
    url: str
    facts: FactsOut | None = Field(description="null while the chain cannot be asked")
    statements: list[StatementOut]
    ground: GroundOut | None = None  # only where one lot alone is asked for


class LotsOut(_Answer):
    lots: list[LotOut]


class CountsOut(_Answer):
    """Five numbers, each from its own source; none stands for another."""

    unit: str = UNIT
    asked: int
    sent: int
    mined: int
    final: int
    counted: int | None = Field(description="The contract's own; null while it cannot be asked")
    block: int | None
    as_of: datetime


class AllCountsOut(_Answer):
    counts: list[CountsOut]


class Health(_Answer):
    status: Literal["ok"] = "ok"
