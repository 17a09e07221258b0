"""The bundle, for whoever wants to check where there is no network (docs/bundle.md)."""

from hashlib import sha256
from typing import Annotated

from fastapi import Path, Request, Response

from treering import errors
from treering.flow.verifying.bundle import Bundled
from treering.web.access import TheServices
from treering.web.audience import OpenRouter
from treering.web.certificates import FOREVER
from treering.web.refusals import Responses, refusals

router = OpenRouter(prefix="/v1/bundle", tags=["verification"])
MEDIA_TYPE = 'application/cose; cose-type="cose-sign1"'
_SOON = "public, max-age=60"
_BYTES: Responses = {
    200: {"content": {"application/cose": {"schema": {"type": "string", "format": "binary"}}}}
}
_NOT_MADE = (
    errors.BundleNotReady,
    errors.BundleNotMade,
    errors.ChainUnavailable,
    errors.LogsIncomplete,
    errors.NodeRefused,
    errors.PinMoved,
    errors.IssuerKeyUnlisted,
)


@router.get(
    "",
    summary="All roots, lots, revocations and issuer keys at the newest final block, signed",
    response_class=Response,
    responses={
        **_BYTES,
        304: {"description": "You have it already (If-None-Match)"},
        **refusals(*_NOT_MADE),
    },
)
def read_newest(request: Request, services: TheServices) -> Response:
    return _answer(request, services.bundles.newest(), _SOON)


@router.get(
    "/{block}",
    summary="The same at one block, the same bytes for ever; the last few are kept",
    response_class=Response,
    responses={
        **_BYTES,
        304: {"description": "You have it already (If-None-Match)"},
        **refusals(errors.BundleNotHeld, errors.RequestMalformed),
    },
)
def read_block(
    request: Request, services: TheServices, block: Annotated[int, Path(ge=0, le=2**63 - 1)]
) -> Response:
    return _answer(request, services.bundles.at(block), FOREVER)


def _answer(request: Request, made: Bundled, kept: str) -> Response:
    """The file's name and its own address say its block."""
    block = made.bundle.block
    headers = {
        "ETag": f'"{sha256(made.data).hexdigest()[:32]}"',
        "Cache-Control": kept,
        "Content-Location": f"/v1/bundle/{block}",
        "Content-Disposition": f'attachment; filename="treering-{block}.bundle"',
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(made.data, headers=headers, media_type=MEDIA_TYPE)
