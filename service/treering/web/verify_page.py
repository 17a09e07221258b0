"""The page where anybody checks what carries a certificate: a number, a QR code's text, a PDF
or a credential."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from treering.domain import address
from treering.domain.number import parse
from treering.domain.verdict import state
from treering.domain.verification import Report
from treering.errors import (
    AddressRefused,
    CertificateNotFound,
    CredentialMalformed,
    NumberMistyped,
)
from treering.web import forms
from treering.web.access import BaseUrl, Body, TheServices
from treering.web.audience import OpenRouter
from treering.web.pages import LOCAL_CHAINS, certificate_path
from treering.web.services import Services
from treering.web.templating import page

router = OpenRouter(include_in_schema=False)
# No page is opened for a code that its issuer did not sign, or that is of another network.
_NEVER = frozenset(
    "DOCUMENT_MALFORMED SIGNATURE_BROKEN KEY_UNCHECKED KEY_NOT_LISTED WRONG_NETWORK".split()
)


@router.api_route("/verify", methods=["GET", "HEAD"])
def show_form(request: Request, base_url: BaseUrl, number: str = "") -> Response:
    """With a number or an address of ours that can be read, lead to its page."""
    if not number.strip():
        return page(request, "verify.html", number="", document="", error=None)
    try:
        return RedirectResponse(_place(request, number.strip(), base_url), 303)
    except (NumberMistyped, AddressRefused) as error:
        return page(
            request, "verify.html", status_code=422, number=number[:200], document="", error=error
        )


@router.api_route("/Q/{code}", methods=["GET", "HEAD"])
def scanned(request: Request, code: str, services: TheServices) -> Response:
    """What a camera opens: the certificate's page, if the code is what its issuer signed."""
    report = services.scan(code, ask_chain=False)  # the page that follows asks it
    if any(finding.code in _NEVER for finding in report.findings):
        return _shown(request, services, report)
    return RedirectResponse(certificate_path(request, report.number), 303)


@router.post("/verify")
def check_document(request: Request, services: TheServices, body: Body) -> Response:
    """A file goes before pasted text; neither is kept."""
    fields = forms.fields(request.headers.get("content-type", ""), body)
    file = fields.get("file", b"")
    try:
        report = services.examine(file if file.strip() else fields.get("document", b""))
    except (CredentialMalformed, AddressRefused, NumberMistyped, CertificateNotFound) as error:
        pasted = fields.get("document", b"").decode("utf-8", "replace")
        context: dict[str, Any] = {"number": "", "document": pasted, "error": error}
        status = 404 if isinstance(error, CertificateNotFound) else 422
        return page(request, "verify.html", status_code=status, **context)
    return _shown(request, services, report)


def _place(request: Request, text: str, base_url: str) -> str:
    """Where a number or an address leads; NumberMistyped, AddressRefused."""
    led = address.led(text, base_url)
    return f"/Q/{led.code}" if led.code else certificate_path(request, str(parse(led.number)))


def _shown(request: Request, services: Services, report: Report) -> Response:
    return page(
        request,
        "verified.html",
        report=report,
        state=state(report),
        network=services.network(),
        local_chains=LOCAL_CHAINS,
    )
