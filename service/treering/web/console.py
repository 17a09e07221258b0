"""The auditor's console: the five numbers, sums, what stands out, and every figure down to its
records' proofs. All of it is public: it is what the contract says, in order."""

from typing import Annotated

from fastapi import Query, Request, Response

from treering.domain.console import GROUPINGS, key_of
from treering.web.access import TheServices
from treering.web.audience import OpenRouter
from treering.web.lots import slug_of
from treering.web.pages import LOCAL_CHAINS
from treering.web.templating import page

router = OpenRouter(include_in_schema=False)
_METHODS = ["GET", "HEAD"]
_Serial = Annotated[int, Query(ge=0, lt=2**32)]
_Word = Annotated[str | None, Query(max_length=64)]


@router.api_route("/audit", methods=_METHODS)
def show_audit(
    request: Request, services: TheServices, by: _Word = None, key: _Word = None
) -> Response:
    """`by` and `key` show the lots of one sum alone."""
    lots = services.lots()
    chosen = by if by in GROUPINGS and key is not None else None
    shown = [v for v in lots if chosen is None or key_of(v.lot, chosen)[0] == key]
    return page(
        request,
        "audit.html",
        counts=services.counts(),
        console=services.console.view(lots),
        lots=shown,
        chosen=chosen,
        key=key,
        network=services.network(),
        local_chains=LOCAL_CHAINS,
    )


@router.api_route("/audit/lots/{slug}", methods=_METHODS)
def show_batches(
    request: Request, slug: str, services: TheServices, after: _Serial = 0
) -> Response:
    found = services.console.batches(slug_of(slug), after)
    return page(request, "audit_lot.html", found=found, view=services.lot(slug_of(slug)))


@router.api_route("/audit/lots/{slug}/{serial}", methods=_METHODS)
def show_record(request: Request, slug: str, serial: int, services: TheServices) -> Response:
    found = services.console.record(slug_of(slug), serial)
    return page(request, "audit_record.html", found=found, network=services.network())
