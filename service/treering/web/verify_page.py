"""The page where anybody checks a number, a PDF, or a credential pasted or chosen as a file."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from treering.domain.number import parse
from treering.domain.verdict import state
from treering.errors import CredentialMalformed, NumberMistyped
from treering.web import forms
from treering.web.access import Body, TheServices
from treering.web.pages import LOCAL_CHAINS, certificate_path
from treering.web.templating import page

router = APIRouter(include_in_schema=False)


@router.api_route("/verify", methods=["GET", "HEAD"])
def show_form(request: Request, number: str = "") -> Response:
    """With a number that can be read, lead to its page."""
    if not number.strip():
        return page(request, "verify.html", number="", document="", error=None)
    try:
        return RedirectResponse(certificate_path(request, str(parse(number))), 303)
    except NumberMistyped as error:
        return page(
            request, "verify.html", status_code=422, number=number[:200], document="", error=error
        )


@router.post("/verify")
def check_document(request: Request, services: TheServices, body: Body) -> Response:
    """A file goes before pasted text; neither is kept."""
    fields = forms.fields(request.headers.get("content-type", ""), body)
    file = fields.get("file", b"")
    try:
        report = services.verify_file(file if file.strip() else fields.get("document", b""))
    except CredentialMalformed as error:
        pasted = fields.get("document", b"").decode("utf-8", "replace")
        context: dict[str, Any] = {"number": "", "document": pasted, "error": error}
        return page(request, "verify.html", status_code=422, **context)
    return page(
        request,
        "verified.html",
        report=report,
        state=state(report),
        network=services.network(),
        local_chains=LOCAL_CHAINS,
    )
