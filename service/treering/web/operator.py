"""The operator's page: all at one look. Opened by an operator's key and nothing else."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBasic, HTTPBasicCredentials

from treering.web.access import BEARER, TheServices
from treering.web.templating import page

router = APIRouter(include_in_schema=False)
_BASIC = HTTPBasic(auto_error=False)  # browsers ask for it by themselves, without a script


def operator(
    services: TheServices,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    basic: Annotated[HTTPBasicCredentials | None, Depends(_BASIC)],
) -> None:
    """OperatorOnly without an operator's key: as the password of any user, or as a bearer."""
    key = bearer.credentials if bearer else basic.password if basic else None
    services.admit_operator(key)


@router.api_route("/operator", methods=["GET", "HEAD"], dependencies=[Depends(operator)])
def show_operator(request: Request, services: TheServices) -> Response:
    return page(request, "operator.html", view=services.overview())
