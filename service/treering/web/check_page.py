"""The page that checks in the visitor's browser, against a node that he chooses.

The server renders words and nothing else: the number stands in the address's fragment, which
browsers do not send, and the node's address never leaves the browser but to the node.
"""

from fastapi import Request, Response

from treering.domain.verification import State
from treering.web.access import TheServices
from treering.web.audience import OpenRouter
from treering.web.templating import page

router = OpenRouter(include_in_schema=False)


@router.api_route("/check", methods=["GET", "HEAD"])
def show_check(request: Request, services: TheServices) -> Response:
    return page(
        request,
        "check.html",
        network=services.network(),
        signers=services.bundles.signers(),
        states=list(State),
    )
