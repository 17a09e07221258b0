"""The auditor's console: the five numbers, sums, what stands out, and every figure down to its
records' proofs. All of that is public: it is what the contract says, in order. What was found to
differ is shown to those whom /differences opens to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query, Request, Response

from treering.domain.console import SELECTIONS, key_of
from treering.domain.reconciliation import Reconciled, Standing, Wanted
from treering.domain.role import OVERSEERS, Person
from treering.web.access import MaybePerson, TheServices
from treering.web.audience import OpenRouter
from treering.web.lots import slug_of
from treering.web.models.differences import why_unknown
from treering.web.pages import LOCAL_CHAINS
from treering.web.services import Services
from treering.web.templating import page


@dataclass(frozen=True, slots=True)
class Differing:
    """The oldest open differences of `count` that the person may see; `why` nothing is known."""

    reconciled: Reconciled
    why: str | None
    count: int
    rows: Sequence[Standing]
    now: datetime


router = OpenRouter(include_in_schema=False)
_METHODS = ["GET", "HEAD"]
_Serial = Annotated[int, Query(ge=0, lt=2**32)]
_SHOWN = 10  # differences; the others stand on their own page
_Word = Annotated[str | None, Query(max_length=64)]


@router.api_route("/audit", methods=_METHODS)
def show_audit(
    request: Request,
    services: TheServices,
    person: MaybePerson,
    by: _Word = None,
    key: _Word = None,
) -> Response:
    """`by` and `key` show the lots of one sum alone."""
    lots = services.lots()
    chosen = by if by in SELECTIONS and key is not None else None
    shown = [v for v in lots if chosen is None or key_of(v.lot, chosen)[0] == key]
    return page(
        request,
        "audit.html",
        counts=services.counts(),
        console=services.console.view(lots),
        differing=_differing(person, services),
        lots=shown,
        chosen=chosen,
        key=key,
        network=services.network(),
        local_chains=LOCAL_CHAINS,
    )


def _differing(person: Person | None, services: Services) -> Differing | None:
    """None for whom they are not for."""
    if person is None or person.role not in OVERSEERS:
        return None
    asked, now, opened = services.differences, datetime.now(UTC), Wanted(is_open=True)
    reconciled = asked.reconciled(person)
    return Differing(
        reconciled,
        why_unknown(reconciled, now),
        asked.count(person, opened),
        asked.page(person, opened, None, _SHOWN),
        now,
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
