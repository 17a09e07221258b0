"""A programme's did:web document, where the DID method looks for it."""

import re
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from treering import errors
from treering.errors import ProgrammeNotFound
from treering.web.access import TheServices
from treering.web.refusals import refusals

router = APIRouter(prefix="/programmes", tags=["issuers"])
_CODE = re.compile(r"[A-Z0-9_]{1,32}")


class DidResponse(JSONResponse):
    media_type = "application/did+json"


@router.get(
    "/{code}/did.json",
    summary="The keys that sign the programme's credentials",
    response_class=DidResponse,
    responses=refusals(errors.ProgrammeNotFound),
)
def read_did_document(code: str, services: TheServices) -> dict[str, Any]:
    if not _CODE.fullmatch(code):
        raise ProgrammeNotFound("no programme is called so")
    return services.did_document(code)
