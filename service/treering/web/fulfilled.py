"""/f/{exchange}: a fulfilment certificate's page, with the three trees that it was given for.

Its address is the exchange's id, which nobody can guess: the registry's numbers can be walked,
and the page leads to certificates that cannot (docs/decisions/0082).
"""

from uuid import UUID

from fastapi import Request, Response

from treering.errors import ExchangeNotFound
from treering.web.access import TheServices
from treering.web.audience import OpenRouter
from treering.web.templating import page

router = OpenRouter(include_in_schema=False)


@router.api_route("/f/{exchange}", methods=["GET", "HEAD"])
def show_fulfilment(request: Request, exchange: str, services: TheServices) -> Response:
    try:
        view = services.exchanges.page(UUID(exchange))
    except (ValueError, ExchangeNotFound):
        return page(request, "no_fulfilment.html", status_code=404, number="")
    return page(request, "fulfilment.html", headers={"X-Robots-Tag": "noindex"}, view=view)
