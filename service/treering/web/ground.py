"""The ground over HTTP: evidence and its files, land, what is due, inspectors' statements."""

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Response

from treering import errors
from treering.domain import inspection
from treering.domain.exhibit import Told
from treering.domain.stage import Stage
from treering.errors import EvidenceNotFound, RequestMalformed, StatementNotFound
from treering.flow.inspecting.brought import signed_of
from treering.flow.inspecting.inspect import Finding, finding_of
from treering.web import ground_answers
from treering.web.access import BaseUrl, Body, TheForester, TheRegulator, TheServices
from treering.web.audience import OpenRouter
from treering.web.lots import slug_of
from treering.web.models.ground import (
    AllDueOut,
    ExactSiteOut,
    ExhibitOut,
    LandOut,
    StatementStateOut,
)
from treering.web.refusals import OF_A_BODY, OF_A_DOOR, refusals

open_router = OpenRouter(tags=["ground"])
router = APIRouter(tags=["ground"])
_FOR_GOOD = "public, max-age=31536000, immutable"
_OF_LAND = (
    errors.GroundUnreadable,
    errors.PolygonRefused,
    errors.GroundRefused,
    errors.RolesConflict,
    errors.SiteStands,
    errors.PartyNotFound,
    errors.LotNotFound,
)
_JSON_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


@router.post(
    "/v1/lots/{slug}/evidence",
    summary="Add a report or picture of one of your lots",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in ("image/jpeg", "image/png", "image/webp", "application/pdf")
            },
        }
    },
    responses=refusals(
        *OF_A_DOOR,
        *OF_A_BODY,
        errors.EvidenceRefused,
        errors.EvidenceUsed,
        errors.GroundRefused,
        errors.LotNotFound,
        errors.PartyNotFound,
        errors.StoreUnavailable,
    ),
)
def add_evidence(  # noqa: PLR0913, PLR0917 - what is told of a file, each by its name
    slug: str,
    person: TheForester,
    content: Body,
    services: TheServices,
    base_url: BaseUrl,
    kind: Annotated[Literal["REPORT", "PHOTO", "DRONE", "SATELLITE"], Query()],
    caption_en: Annotated[str, Query(min_length=1, max_length=2000)],
    caption_zh: Annotated[str, Query(min_length=1, max_length=2000)],
    source: Annotated[str, Query(min_length=1, max_length=2000)],
    standing: Annotated[
        Literal["reported", "weakly reported", "derived", "placeholder"], Query()
    ] = "reported",
    party: Annotated[str | None, Query(max_length=64)] = None,
    taken_on: Annotated[str | None, Query(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")] = None,
) -> ExhibitOut:
    """The body is the file itself. What it tells of people is taken out before it is kept."""
    told = _converted(
        {
            "kind": kind,
            "party": party,
            "taken_on": taken_on,
            "caption_en": caption_en,
            "caption_zh": caption_zh,
            "standing": standing,
            "source": source,
        },
        Told,
    )
    added = services.ground.add_evidence(person, slug_of(slug), content, told)
    return ground_answers.exhibit(added, base_url)


@router.post(
    "/v1/land",
    summary="Load sites of your lots, and claims elsewhere, from GeoJSON",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/geo+json": {"schema": {"type": "object"}}},
        }
    },
    responses=refusals(*OF_A_DOOR, *OF_A_BODY, *_OF_LAND),
)
def load_land(person: TheForester, content: Body, services: TheServices) -> LandOut:
    """A FeatureCollection in WGS 84, taken as a whole or not at all."""
    loaded = services.ground.load_land(person, content)
    return LandOut.model_validate(loaded, from_attributes=True)


@router.get(
    "/v1/lots/{slug}/site",
    summary="The exact polygon, for regulators of its province",
    responses=refusals(
        errors.SignInNeeded,
        errors.RoleNeeded,
        errors.OutsideProvinces,
        errors.LotNotFound,
        errors.SiteNotFound,
    ),
)
def read_site(slug: str, person: TheRegulator, services: TheServices) -> ExactSiteOut:
    lot, site = services.ground.site(slug_of(slug))
    person.insist_on(lot.adcode)
    return ExactSiteOut(lot=lot.slug, site=ground_answers.site(site), geometry=dict(site.geometry))


@open_router.get(
    "/v1/evidence/{hash_}",
    summary="What is known of a file of evidence",
    responses=refusals(errors.EvidenceNotFound),
)
def read_evidence(hash_: str, services: TheServices, base_url: BaseUrl) -> ExhibitOut:
    return ground_answers.exhibit(services.ground.evidence(_hash(hash_)), base_url)


@open_router.get(
    "/v1/evidence/{hash_}/file",
    summary="The file itself, held against its hash as it is sent",
    response_class=Response,
    responses=refusals(errors.EvidenceNotFound, errors.EvidenceLost, errors.StoreUnavailable),
)
def read_file(hash_: str, services: TheServices) -> Response:
    found, content = services.ground.file(_hash(hash_))
    headers = {"Cache-Control": _FOR_GOOD, "Content-Security-Policy": "sandbox"}
    return Response(content, media_type=found.media_type, headers=headers)


@open_router.get("/v1/inspections/due", summary="Inspections that are due this season")
def read_due(services: TheServices) -> AllDueOut:
    return AllDueOut(due=[ground_answers.due(each) for each in services.ground.due()])


class _FindingIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sheet, which tells the rest, or the rest and the hash of a report."""

    inspector: str
    sheet: dict[str, Any] | None = None
    lot: str = ""
    stage: Literal["ENDORSEMENT", "ACCEPTANCE", "SURVEY"] = "ENDORSEMENT"
    count: int = -1
    inspected_on: date = date.min
    report: str = ""


@open_router.post(
    "/v1/statements:prepare",
    summary="A statement to be signed by an inspector's own key (eth_signTypedData_v4)",
    openapi_extra=_JSON_BODY,
    responses=refusals(
        *OF_A_BODY, errors.LotNotFound, errors.StatementRefused, errors.SheetRefused
    ),
)
def prepare_statement(content: Body, services: TheServices) -> dict[str, Any]:
    """`inspector` and `sheet`, or `lot`, `stage`, `count`, `inspected_on` and `report`.

    Predecessor, nonce and deadline are filled in from the chain; nothing is kept.
    """
    try:
        told = msgspec.json.decode(content, type=_FindingIn)
        report = bytes.fromhex(told.report.removeprefix("0x"))
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise RequestMalformed(str(error), "body") from error
    if told.sheet is not None:
        return services.ground.prepare(finding_of(inspection.read(told.sheet)), told.inspector)
    if len(report) != 32 or told.count < 0 or told.inspected_on == date.min:
        raise RequestMalformed("a sheet, or lot, stage, count, inspected_on and report", "body")
    found = Finding(
        lot=slug_of(told.lot),
        stage=Stage[told.stage],
        count=told.count,
        inspected_on=told.inspected_on,
        report=report,
    )
    return services.ground.prepare(found, told.inspector)


@open_router.post(
    "/v1/statements",
    summary="Bring a signed statement; anybody may",
    status_code=201,
    openapi_extra=_JSON_BODY,
    responses=refusals(
        *OF_A_BODY, errors.StatementRefused, errors.SheetRefused, errors.LotNotFound
    ),
)
def submit_statement(content: Body, services: TheServices) -> StatementStateOut:
    """`message` of the typed data, `inspector`, `signature`, and the sheet that it hashes."""
    id_ = services.ground.submit(signed_of(content))
    state, why = services.ground.statement(id_)
    return StatementStateOut(id="0x" + id_.hex(), state=state, why=why)


@open_router.get(
    "/v1/statements/{id_}",
    summary="What became of a statement that was brought",
    responses=refusals(errors.StatementNotFound),
)
def read_statement(id_: str, services: TheServices) -> StatementStateOut:
    found = _bytes(id_)
    if found is None:
        raise StatementNotFound("an id has 64 hexadecimal digits")
    state, why = services.ground.statement(found)
    return StatementStateOut(id="0x" + found.hex(), state=state, why=why)


def _converted(told: dict[str, Any], kind: type[Told]) -> Told:
    try:
        return msgspec.convert(told, kind)
    except msgspec.ValidationError as error:
        raise RequestMalformed(str(error), "query") from error


def _hash(text: str) -> bytes:
    found = _bytes(text)
    if found is None:
        raise EvidenceNotFound("a hash has 64 hexadecimal digits")
    return found


def _bytes(text: str) -> bytes | None:
    try:
        found = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        return None
    return found if len(found) == 32 else None
