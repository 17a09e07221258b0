"""What a credential points at: the did:web document of its issuer, the meaning of its words."""

import re
from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse

from treering import errors
from treering.domain import contexts
from treering.errors import ProgrammeNotFound
from treering.web.access import TheServices
from treering.web.audience import OpenRouter
from treering.web.certificates import FOREVER
from treering.web.refusals import refusals

router = OpenRouter(tags=["issuers"])
_CODE = re.compile(r"[A-Z0-9_]{1,32}")


class DidResponse(JSONResponse):
    media_type = "application/did+json"


@router.get(
    "/programmes/{code}/did.json",
    summary="The keys that sign the programme's credentials",
    response_class=DidResponse,
    responses=refusals(errors.ProgrammeNotFound),
)
def read_did_document(code: str, services: TheServices) -> dict[str, Any]:
    if not _CODE.fullmatch(code):
        raise ProgrammeNotFound("no programme is called so")
    return services.did_document(code)


@router.get(
    contexts.OURS_PATH,
    summary="The JSON-LD context of the credentials, the same bytes for ever",
    response_class=Response,
    responses={200: {"content": {"application/ld+json": {"schema": {"type": "object"}}}}},
)
def read_context() -> Response:
    # Strangers' verifiers in a browser need it too.
    headers = {"Cache-Control": FOREVER, "Access-Control-Allow-Origin": "*"}
    return Response(contexts.OURS, headers=headers, media_type="application/ld+json")
