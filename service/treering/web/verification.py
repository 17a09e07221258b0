"""The report for machines: of a certificate by its number, or of what somebody brings."""

from fastapi import Request, Response

from treering import errors
from treering.domain.number import parse
from treering.domain.verdict import state
from treering.domain.verification import State
from treering.web import answers
from treering.web.access import Body, TheServices
from treering.web.audience import OpenRouter
from treering.web.models import ReportOut
from treering.web.refusals import OF_A_BODY, OF_A_NUMBER, refusals
from treering.web.remembered import keep

router = OpenRouter(prefix="/v1", tags=["verification"])
CHANGING = frozenset({State.PENDING, State.CANNOT_CHECK_NOW})
_DOCUMENT = {
    "application/json": {"schema": {"type": "object"}},
    "application/vc+json": {"schema": {"type": "object"}},
    "application/pdf": {"schema": {"type": "string", "format": "binary"}},
    "text/plain": {"schema": {"type": "string"}, "example": "HTTPS://TREERING.EXAMPLE/Q/2KCE…"},
}


@router.get(
    "/certificates/{number}/verification",
    summary="The eight checks of a certificate",
    responses=refusals(*OF_A_NUMBER),
)
def read_verification(
    number: str, request: Request, services: TheServices, response: Response
) -> ReportOut:
    report = services.verification(str(parse(number)))
    reached = state(report)
    response.headers["Cache-Control"] = freshness(reached)
    keep(request, reached)
    return answers.report(report, reached)


@router.post(
    "/verify",
    summary="The checks of whatever carries a certificate: its number, QR code, PDF or credential",
    responses=refusals(
        *OF_A_NUMBER, *OF_A_BODY, errors.CredentialMalformed, errors.AddressRefused
    ),
    openapi_extra={"requestBody": {"required": True, "content": _DOCUMENT}},
)
def verify(services: TheServices, body: Body, response: Response) -> ReportOut:
    """A credential, a PDF, or as plain text what a QR code holds, or a number."""
    report = services.examine(body)
    response.headers["Cache-Control"] = "no-store"
    return answers.report(report, state(report))


def freshness(state: State) -> str:
    """Whether an answer about the chain may be kept; it is shown again only if it is still so."""
    return "no-store" if state in CHANGING else "public, no-cache"
