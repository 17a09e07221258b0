"""The operator's page: all at one look. Opened by an operator's key and nothing else."""

from fastapi import APIRouter, Request, Response

from treering.web.access import TheOperator, TheServices
from treering.web.templating import page

router = APIRouter(include_in_schema=False)


@router.api_route("/operator", methods=["GET", "HEAD"])
def show_operator(request: Request, services: TheServices, _: TheOperator) -> Response:
    return page(request, "operator.html", view=services.overview())
