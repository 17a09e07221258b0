"""Where a certificate comes from: W3C PROV for machines, a drawn graph for people."""

import json
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from fastapi.responses import RedirectResponse

from treering.domain.number import parse
from treering.domain.provenance.prov_json import prov_json
from treering.domain.provenance.prov_jsonld import prov_jsonld
from treering.web.access import TheServices
from treering.web.audience import OpenRouter
from treering.web.refusals import OF_A_NUMBER, refusals
from treering.web.templating import page

router = OpenRouter(tags=["provenance"])
Form = Annotated[
    Literal["prov-json", "json-ld"] | None, Query(description="Instead of what Accept asks for")
]
_JSON, _LINKED = "application/json", "application/ld+json"
_WRITTEN: dict[str, Any] = {_JSON: prov_json, _LINKED: prov_jsonld}
_SHORTLY = "public, no-cache"


@router.get(
    "/v1/provenance/{number}",
    summary="From a certificate to the ground, as W3C PROV: PROV-JSON or PROV-JSONLD",
    response_class=Response,
    responses={
        200: {"content": {kind: {"schema": {"type": "object"}} for kind in _WRITTEN}},
        **refusals(*OF_A_NUMBER),
    },
)
def read_provenance(
    number: str, request: Request, services: TheServices, form: Form = None
) -> Response:
    """Hashes that were checked and pieces that are missing stand on the entity of type Trace."""
    trace = services.provenance.trace(str(parse(number)))
    media_type = _media_type(form, request.headers.get("accept", ""))
    document = _WRITTEN[media_type](trace, services.network())
    body = json.dumps(document, ensure_ascii=False, indent=1).encode()
    headers = {"Cache-Control": _SHORTLY, "Vary": "Accept"}
    return Response(body, headers=headers, media_type=media_type)


@router.api_route("/c/{number}/provenance", methods=["GET", "HEAD"], include_in_schema=False)
def show_provenance(request: Request, number: str, services: TheServices) -> Response:
    parsed = str(parse(number))
    if parsed != number:
        return RedirectResponse(f"/c/{parsed}/provenance", 308)
    trace = services.provenance.trace(number)
    headers = {"Cache-Control": _SHORTLY}
    return page(request, "provenance.html", headers=headers, trace=trace)


def _media_type(form: str | None, accept: str) -> str:
    if form:
        return _LINKED if form == "json-ld" else _JSON
    return _LINKED if _LINKED in accept else _JSON
