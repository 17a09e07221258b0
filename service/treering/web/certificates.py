"""A certificate for machines: its credential, the holder's own copy, and its QR code."""

import json
from datetime import UTC
from hashlib import sha256
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response

from treering import errors
from treering.domain.number import parse
from treering.domain.own import Asked
from treering.render import qr
from treering.web.access import TheServices, TheSteward
from treering.web.audience import OpenRouter
from treering.web.models import OwnCopyIn
from treering.web.models.holders import Tombstone
from treering.web.refusals import OF_A_BODY, OF_A_DOOR, OF_A_NUMBER, refusals

router = OpenRouter(prefix="/v1/certificates", tags=["certificates"])
Size = Annotated[int, Query(ge=64, le=2048, description="Pixels a side, at most")]
Shape = Literal["wide", "square"]
SHORTLY = "public, max-age=60"  # it never changes, but may be revoked, or its holder withdraw
FOREVER = "public, max-age=31536000, immutable"


def _image(media_type: str, schema: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    found = refusals(*OF_A_NUMBER, errors.RequestMalformed)
    return {200: {"content": {media_type: {"schema": schema}}}, **found}


@router.get(
    "/{number}.png",
    summary="QR code: the certificate's page and its compact, signed form, as PNG",
    response_class=Response,
    responses=_image("image/png", {"type": "string", "format": "binary"}),
)
def read_png(number: str, services: TheServices, size: Size = 512) -> Response:
    address = services.address(str(parse(number)))
    return _picture(address, qr.png(address, size), "image/png")


@router.get(
    "/{number}.svg",
    summary="QR code: the certificate's page and its compact, signed form, as SVG",
    response_class=Response,
    responses=_image("image/svg+xml", {"type": "string"}),
)
def read_svg(number: str, services: TheServices, size: Size = 512) -> Response:
    address = services.address(str(parse(number)))
    return _picture(address, qr.svg(address, size), "image/svg+xml")


@router.get(
    "/{number}.pdf",
    summary="The certificate to print: one signed page, PDF/A-3, with the credential attached",
    response_class=Response,
    responses={
        304: {"description": "You have it already (If-None-Match)"},
        **_image("application/pdf", {"type": "string", "format": "binary"}),
        **refusals(*OF_A_NUMBER, errors.NotFinal, errors.CertificateFallen, errors.FontsMissing),
    },
)
def read_pdf(number: str, request: Request, services: TheServices) -> Response:
    issued = str(parse(number))
    page = services.pdf(issued)
    etag = f'"{sha256(page).hexdigest()[:32]}"'
    named = f'inline; filename="{issued}.pdf"'
    headers = {"ETag": etag, "Cache-Control": SHORTLY, "Content-Disposition": named}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(page, headers=headers, media_type="application/pdf")


@router.get(
    "/{number}/share.png",
    summary="A picture to share: 1200 by 630 pixels, or 1080 by 1080",
    response_class=Response,
    responses={
        **_image("image/png", {"type": "string", "format": "binary"}),
        **refusals(*OF_A_NUMBER, errors.NotFinal, errors.CertificateFallen, errors.FontsMissing),
    },
)
def read_picture(number: str, services: TheServices, shape: Shape = "wide") -> Response:
    made = services.picture(str(parse(number)), shape)
    return Response(made, headers={"Cache-Control": SHORTLY}, media_type="image/png")


@router.get(
    "/{number}/tombstone",
    summary="What stands where a holder was: an entry of the chained log, and no more",
    responses=refusals(*OF_A_NUMBER, errors.NotWithdrawn),
)
def read_tombstone(number: str, services: TheServices) -> Tombstone:
    found = services.tombstone(str(parse(number)))
    return Tombstone(
        entry=found.entry,
        hash=found.hash.hex(),
        remains=found.digest.hex(),
        at=found.at.astimezone(UTC),
    )


@router.get(
    "/{number}",
    summary="The certificate as a signed W3C Verifiable Credential 2.0",
    response_class=Response,
    responses={
        200: {
            "content": {
                "application/vc+json": {"schema": {"type": "object"}},
                "application/json": {"schema": {"type": "object"}},
            }
        },
        304: {"description": "You have it already (If-None-Match)"},
        **refusals(*OF_A_NUMBER, errors.NotFinal),
    },
)
def read_credential(number: str, request: Request, services: TheServices) -> Response:
    document = services.credential(str(parse(number)))
    body = json.dumps(document, ensure_ascii=False, indent=2).encode()
    media_type = _media_type(request.headers.get("accept", ""))
    etag = f'"{sha256(media_type.encode() + body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": SHORTLY, "Vary": "Accept"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


@router.post(
    "/{number}/own-copy",
    summary="The holder's own copy: the credential, and what opens it to those he shows it to",
    response_class=Response,
    responses={
        200: {"content": {"application/json": {"schema": {"type": "object"}}}},
        **refusals(
            *OF_A_DOOR,
            *OF_A_NUMBER,
            *OF_A_BODY,
            errors.NotFinal,
            errors.NotTheHolder,
            errors.NameRefused,
        ),
    },
)
def read_own_copy(
    number: str, person: TheSteward, services: TheServices, given: OwnCopyIn
) -> Response:
    asked = Asked(
        holder=given.holder, name=given.name, made_for=given.made_for, parts=tuple(given.open)
    )
    made = services.own_copy(person, str(parse(number)), asked)
    body = json.dumps(made, ensure_ascii=False, indent=2).encode()
    return Response(body, headers={"Cache-Control": "no-store"}, media_type="application/json")


def _picture(address: str, picture: bytes, media_type: str) -> Response:
    """The short address of what still waits is soon another; the long one holds a name."""
    kept = "no-store" if "/c/" in address else SHORTLY
    return Response(picture, headers={"Cache-Control": kept}, media_type=media_type)


def _media_type(accept: str) -> str:
    """Its own type, unless the reader names only plain JSON or is a browser."""
    plain = "application/json" in accept or "text/html" in accept
    own = "application/vc" in accept
    return "application/json" if plain and not own else "application/vc+json"
