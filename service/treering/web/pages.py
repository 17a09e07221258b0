"""Pages for people: home, certificate, lots, recount, and the list of refusals."""

from pathlib import Path

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from treering.domain.number import parse
from treering.domain.record import lot_number_of
from treering.domain.verification import State
from treering.domain.view import CertificateView, LotView
from treering.errors import CertificateNotFound, NumberMistyped, TreeringError
from treering.web.access import TheServices
from treering.web.audience import OpenRouter
from treering.web.ground_answers import counts
from treering.web.language import chosen
from treering.web.lots import slug_of
from treering.web.remembered import keep
from treering.web.templating import page
from treering.web.timeline import timeline
from treering.web.verification import freshness

router = OpenRouter(include_in_schema=False)
LOCAL_CHAINS = frozenset({1337, 31337})  # the development chains of Geth and Anvil
_METHODS = ["GET", "HEAD"]
_GUIDE = Path(__file__).parent / "verify-without-us.md"


@router.api_route("/", methods=_METHODS)
def show_home(request: Request) -> Response:
    return page(request, "home.html")


@router.api_route("/c/{number}", methods=_METHODS)
def show_certificate(request: Request, number: str, services: TheServices) -> Response:
    try:
        parsed = parse(number)
        if str(parsed) != number:
            return RedirectResponse(certificate_path(request, str(parsed)), 308)
        view = services.certificate(number)
    except (NumberMistyped, CertificateNotFound) as error:
        return _not_found(request, number, error)
    keep(request, view.state)
    return page(
        request,
        "certificate.html",
        headers={"Cache-Control": freshness(view.state)},
        view=view,
        report=view.report,
        state=view.state,
        tree=parsed.tree,
        steps=timeline(view),
        network=services.network(),
        local_chains=LOCAL_CHAINS,
        address=services.address(number),
        lot_number=lot_number_of(view.lot.id),
        fulfilled=services.exchanges.of_certificate(number),
        survival=services.ground.survival(_lot_of(view)) if view.statements else None,
    )


@router.api_route("/c/{number}/", methods=_METHODS)
@router.api_route("/lots/", methods=_METHODS)
@router.api_route("/verify/", methods=_METHODS)
@router.api_route("/check/", methods=_METHODS)
def without_slash(request: Request) -> Response:
    """What people type at the end leads to the page, on the host where they are."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(request.url.path.rstrip("/") + query, 308)


@router.api_route("/lots", methods=_METHODS)
def show_lots(request: Request, services: TheServices) -> Response:
    return page(request, "lots.html", lots=services.lots())


@router.api_route("/lots/{slug}", methods=_METHODS)
def show_lot(request: Request, slug: str, services: TheServices) -> Response:
    view = services.lot(slug_of(slug))
    return page(
        request,
        "lot.html",
        view=view,
        book=services.ground.book(view),
        counts=list(counts(view)),
        network=services.network(),
    )


@router.api_route("/terms", methods=_METHODS)
def show_terms(request: Request) -> Response:
    """Every credential points here."""
    return page(request, "terms.html")


@router.api_route("/verify-without-us.md", methods=_METHODS)
def show_guide() -> Response:
    """docs/verify-without-us.md, for whoever has nothing of ours at hand."""
    return Response(_GUIDE.read_bytes(), media_type="text/plain; charset=utf-8")


@router.api_route("/errors", methods=_METHODS)
def show_errors(request: Request) -> Response:
    return page(request, "errors.html", refusals=all_refusals())


def _lot_of(view: CertificateView) -> LotView:
    return LotView(
        lot=view.lot,
        programme=view.programme,
        facts=view.lot_facts,
        statements=view.statements,
    )


def certificate_path(request: Request, number: str) -> str:
    language = chosen(request)
    return f"/c/{number}?lang={language}" if language else f"/c/{number}"


def all_refusals() -> list[type[TreeringError]]:
    """Every class of `errors`, by its code."""
    found: set[type[TreeringError]] = {TreeringError}
    while below := {heir for kind in found for heir in kind.__subclasses__()} - found:
        found |= below
    return sorted(found, key=lambda kind: kind.code)


def _not_found(request: Request, number: str, error: TreeringError) -> Response:
    return page(
        request,
        "not_found.html",
        status_code=404,
        number=number[:200],
        mistyped=error if isinstance(error, NumberMistyped) else None,
        state=State.NOT_FOUND,
    )
