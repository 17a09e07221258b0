"""Baked badges: pictures of a certificate that carry its credential (Open Badges 3.0)."""

from fastapi import Response

from treering import errors
from treering.domain.number import parse
from treering.web.access import TheServices
from treering.web.audience import OpenRouter
from treering.web.certificates import SHORTLY, Shape
from treering.web.refusals import OF_A_NUMBER, refusals

router = OpenRouter(prefix="/v1/certificates", tags=["certificates"])


@router.get(
    "/{number}/badge.png",
    summary="The picture to share with the credential baked into it (Open Badges 3.0)",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}},
        **refusals(
            *OF_A_NUMBER,
            errors.RequestMalformed,
            errors.NotFinal,
            errors.CertificateFallen,
            errors.FontsMissing,
        ),
    },
)
def read_png(number: str, services: TheServices, shape: Shape = "square") -> Response:
    issued = str(parse(number))
    return _file(services.badges.png(issued, shape), f"{issued}.png", "image/png")


@router.get(
    "/{number}/badge.svg",
    summary="The record's tree rings with the credential baked into them (Open Badges 3.0)",
    response_class=Response,
    responses={
        200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}},
        **refusals(*OF_A_NUMBER, errors.NotFinal),
    },
)
def read_svg(number: str, services: TheServices) -> Response:
    issued = str(parse(number))
    return _file(services.badges.svg(issued), f"{issued}.svg", "image/svg+xml")


def _file(made: bytes, name: str, media_type: str) -> Response:
    named = f'attachment; filename="{name}"'
    headers = {"Cache-Control": SHORTLY, "Content-Disposition": named}
    return Response(made, headers=headers, media_type=media_type)
