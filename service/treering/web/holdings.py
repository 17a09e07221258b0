"""GET /v1/provinces/{province}/holders: what was redeemed in a province, for its regulator."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from treering import errors
from treering.web.access import TheRegulator, TheServices
from treering.web.refusals import refusals

MOST = 500
router = APIRouter(prefix="/v1/provinces", tags=["oversight"])
_After = Annotated[str, Query(pattern=r"^([0-9]{1,18}\.[0-9]{1,10})?$")]


class Holdings(BaseModel):
    redemptions: list[dict[str, Any]]
    next: str | None


@router.get(
    "/{province}/holders",
    summary="What was redeemed in a province, with masked names; each look is in the log",
    responses=refusals(
        errors.NotAuthenticated,
        errors.SignInNeeded,
        errors.RoleNeeded,
        errors.OutsideProvinces,
        errors.ProvinceNotFound,
        errors.RequestMalformed,
    ),
)
def read_holders(
    province: str,
    person: TheRegulator,
    services: TheServices,
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
    after: _After = "",
) -> Holdings:
    response.headers["Cache-Control"] = "no-store"
    lot, _, serial = after.partition(".")
    place = (int(lot), int(serial)) if after else (-1, -1)
    given = services.holdings.of_province(person, province, place, limit, request.state.request_id)
    last = given[-1] if len(given) == limit else None
    return Holdings(
        redemptions=given, next=f"{last['lot_id']}.{last['first_serial']}" if last else None
    )
