"""Differences between chain, registry, counts and database: pages, files, one with its history.

Open to regulators, auditors and operators; a regulator of some provinces sees those alone.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BeforeValidator

from treering import errors
from treering.domain.difference import Kind
from treering.domain.reconciliation import Wanted
from treering.errors import RequestMalformed
from treering.export.written import Form
from treering.web.access import TheOverseer, TheServices
from treering.web.exports import exported
from treering.web.models.differences import (
    DifferenceOut,
    DifferencesOut,
    difference_out,
    run_out,
    why_unknown,
)
from treering.web.refusals import OF_A_KEY, refusals
from treering.web.services.differences import Place
from treering.web.templating import page

router = APIRouter(tags=["differences"])
_REFUSED = (*OF_A_KEY, errors.SignInNeeded, errors.RoleNeeded, errors.OutsideProvinces)
_TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.JSONL: "application/jsonl",
    Form.PARQUET: "application/vnd.apache.parquet",
}
_OPEN = {"open": True, "resolved": False, "all": None}
_PRIVATE = "private, no-cache"


# A form sends a field that was left empty, too.
UNLESS_EMPTY = BeforeValidator(lambda value: value or None)
_ASCII, _CODE = r"^[\x21-\x7e]+$", r"^[0-9A-Z-]+$"


def wanted(
    kind: Annotated[Kind | None, Query(), UNLESS_EMPTY] = None,
    programme: Annotated[str | None, Query(max_length=64, pattern=_ASCII), UNLESS_EMPTY] = None,
    province: Annotated[str | None, Query(max_length=16, pattern=_CODE), UNLESS_EMPTY] = None,
    state: Annotated[Literal["open", "resolved", "all"], Query()] = "open",
    min_age_days: Annotated[int | None, Query(ge=0, le=36_500), UNLESS_EMPTY] = None,
) -> Wanted:
    """The filters, which all forms share."""
    return Wanted(
        kind=kind.value if kind else None,
        programme=programme,
        province=province,
        is_open=_OPEN[state],
        older_than=timedelta(days=min_age_days) if min_age_days else None,
    )


TheWanted = Annotated[Wanted, Depends(wanted)]
After = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]
Most = Annotated[int, Query(ge=1, le=1000)]


@router.get(
    "/v1/differences",
    summary="What does not agree, the oldest first",
    responses={
        200: {"model": DifferencesOut},
        304: {"description": "As you have it"},
        **refusals(*_REFUSED, RequestMalformed),
    },
    response_class=Response,
)
def read_differences(
    request: Request,
    person: TheOverseer,
    services: TheServices,
    wanted: TheWanted,
    after: After = None,
    limit: Most = 100,
) -> Response:
    now, asked = datetime.now(UTC), services.differences
    reconciled = asked.reconciled(person)
    found = list(asked.page(person, wanted, _place(after), limit + 1))
    more, found = len(found) > limit, found[:limit]
    why = why_unknown(reconciled, now)
    answer = DifferencesOut(
        standing="UNKNOWN" if why else "KNOWN",
        why=why,
        run=run_out(reconciled.made),
        differences=[difference_out(one, now) for one in found],
        next=_cursor((found[-1].opened_at, found[-1].id)) if more else None,
    )
    return tagged(request, answer.model_dump_json().encode())


@router.get(
    "/v1/differences.{form}",
    summary="All of them as a file: CSV, JSON lines, Parquet",
    response_class=StreamingResponse,
    responses={
        200: {"content": {kind: {} for kind in _TYPES.values()}},
        **refusals(*_REFUSED, errors.ExportsBusy),
    },
)
def export_differences(
    form: Form, person: TheOverseer, services: TheServices, wanted: TheWanted
) -> Response:
    """A CSV's cell that a spreadsheet would take for a formula begins with an apostrophe."""
    headers = {
        "Content-Disposition": f'attachment; filename="differences.{form.value}"',
        "Cache-Control": "no-store",
    }
    pieces = exported(services.differences.export(person, wanted, form), person.label)
    return StreamingResponse(pieces, media_type=_TYPES[form], headers=headers)


@router.get(
    "/v1/differences/{difference}",
    summary="One, with its history",
    responses=refusals(*_REFUSED, errors.DifferenceNotFound),
)
def read_difference(
    difference: UUID, person: TheOverseer, services: TheServices, response: Response
) -> DifferenceOut:
    response.headers["Cache-Control"] = _PRIVATE
    found = services.differences.one(person, difference)
    return difference_out(found, datetime.now(UTC), whole=True)


@router.api_route("/differences", methods=["GET", "HEAD"], include_in_schema=False)
def show_differences(
    request: Request,
    person: TheOverseer,
    services: TheServices,
    wanted: TheWanted,
    after: After = None,
) -> Response:
    now, asked, most = datetime.now(UTC), services.differences, 100
    reconciled = asked.reconciled(person)
    found = list(asked.page(person, wanted, _place(after), most + 1))
    following = _cursor((found[most - 1].opened_at, found[most - 1].id)) if found[most:] else None
    filters = [(k, v) for k, v in request.query_params.multi_items() if v and k != "after"]
    return page(
        request,
        "differences.html",
        found=found[:most],
        count=asked.count(person, wanted),
        reconciled=reconciled,
        why=why_unknown(reconciled, now),
        now=now,
        kinds=list(Kind),
        forms=list(Form),
        chosen=dict(filters),
        filters=urlencode([(k, v) for k, v in filters if k != "lang"]),
        following=urlencode([*filters, ("after", following)]) if following else None,
    )


@router.api_route("/differences/{difference}", methods=["GET", "HEAD"], include_in_schema=False)
def show_difference(
    request: Request, difference: UUID, person: TheOverseer, services: TheServices
) -> Response:
    found = services.differences.one(person, difference)
    return page(request, "difference.html", one=found, now=datetime.now(UTC))


def tagged(request: Request, body: bytes) -> Response:
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": _PRIVATE, "Vary": "Authorization"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def _cursor(place: Place) -> str:
    return urlsafe_b64encode(f"{place[0].isoformat()} {place[1]}".encode()).decode().rstrip("=")


def _place(after: str | None) -> Place | None:
    """RequestMalformed unless it is a cursor that we gave."""
    if not after:
        return None
    try:
        text = urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode()
        moment, _, difference = text.partition(" ")
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError("a moment without its zone")
        return at, UUID(difference)
    except ValueError as error:
        raise RequestMalformed("this is no place that a page gave", "query after") from error
