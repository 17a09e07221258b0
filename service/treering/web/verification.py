"""The report for machines: of a certificate by its number, or of a credential brought along."""

from fastapi import APIRouter, Response

from treering import errors
from treering.domain import address, documents
from treering.domain.number import parse
from treering.domain.verdict import state
from treering.domain.verification import Report, State
from treering.web import answers
from treering.web.access import BaseUrl, Body, TheServices
from treering.web.models import ReportOut
from treering.web.refusals import OF_A_BODY, OF_A_NUMBER, refusals
from treering.web.services import Services

router = APIRouter(prefix="/v1", tags=["verification"])
CHANGING = frozenset({State.PENDING, State.CANNOT_CHECK_NOW})
_DOCUMENT = {
    "application/json": {"schema": {"type": "object"}},
    "text/plain": {"schema": {"type": "string"}, "example": "HTTPS://TREERING.EXAMPLE/Q/2KCE…"},
}


@router.get(
    "/certificates/{number}/verification",
    summary="The eight checks of a certificate",
    responses=refusals(*OF_A_NUMBER),
)
def read_verification(number: str, services: TheServices, response: Response) -> ReportOut:
    view = services.certificate(str(parse(number)))
    response.headers["Cache-Control"] = freshness(view.state)
    return answers.report(view.report, view.state)


@router.post(
    "/verify",
    summary="The eight checks of a credential, or those that a QR code can bear",
    responses=refusals(*OF_A_BODY, errors.CredentialMalformed, errors.AddressRefused),
    openapi_extra={"requestBody": {"required": True, "content": _DOCUMENT}},
)
def verify(services: TheServices, base_url: BaseUrl, body: Body, response: Response) -> ReportOut:
    """A credential, or as plain text what a certificate's QR code holds."""
    report = judged(services, base_url, body)
    response.headers["Cache-Control"] = "no-store"
    return answers.report(report, state(report))


def judged(services: Services, base_url: str, brought: bytes) -> Report:
    """The report on a credential, or on the text of a QR code; AddressRefused, NumberMistyped."""
    text = brought[:600].decode("utf-8", "replace").strip()
    if text[:4].lower() != "http":
        return services.verify(documents.read(brought))
    led = address.read(text, base_url)
    if led.code is not None:
        return services.scan(led.code)
    return services.certificate(str(parse(led.number or ""))).report


def freshness(state: State) -> str:
    """How long an answer about the chain may be shown again."""
    return "no-store" if state in CHANGING else "public, max-age=60"
