"""How many fulfilled, by year, province and form, at a date: without names, for everybody.

Small groups are withheld from everybody but those who may see them.
"""

from datetime import date, datetime
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from treering import errors
from treering.domain.census import FEWEST, Census
from treering.web.access import MaybePerson, TheServices
from treering.web.audience import OpenRouter
from treering.web.differences import UNLESS_EMPTY, tagged
from treering.web.refusals import refusals
from treering.web.templating import page

router = OpenRouter(tags=["statistics"])
Day = Annotated[
    date | None, Query(alias="at", description="At the end of this day, UTC+8"), UNLESS_EMPTY
]


class LineOut(BaseModel):
    """`province` or `form` null is the sum over all of them."""

    model_config = ConfigDict(frozen=True)

    year: int
    province: str | None
    form: str | None
    count: int | None = Field(
        description=f"null: below {FEWEST}, or withheld to protect such. Unless `exact`, in whole "
        f"steps of {FEWEST}: {3 * FEWEST} is {3 * FEWEST} to {4 * FEWEST - 1}"
    )


class CensusOut(BaseModel):
    """As of one signed head of the registry's log."""

    model_config = ConfigDict(frozen=True)

    feed: str
    head_size: int
    head_root: str
    as_of: datetime
    exact: bool
    fewest: int
    lines: list[LineOut]


@router.get(
    "/v1/statistics/fulfilment",
    summary="How many fulfilled, by year, province and form",
    response_class=Response,
    responses={
        200: {"model": CensusOut},
        304: {"description": "As you have it"},
        **refusals(errors.CensusUnknown, errors.NotAuthenticated),
    },
)
def read_census(
    request: Request, services: TheServices, person: MaybePerson, day: Day = None
) -> Response:
    """Exact for a regulator, auditor or operator in the provinces of his key."""
    found = services.census.fulfilled(person, day)
    return tagged(request, _out(found).model_dump_json().encode())


@router.api_route("/statistics", methods=["GET", "HEAD"], include_in_schema=False)
def show_census(
    request: Request, services: TheServices, person: MaybePerson, day: Day = None
) -> Response:
    found = services.census.fulfilled(person, day)
    names = services.census.names()
    return page(request, "census.html", census=found, names=names, day=day, fewest=FEWEST)


def _out(census: Census) -> CensusOut:
    return CensusOut(
        feed=census.feed,
        head_size=census.size,
        head_root="0x" + census.root.hex(),
        as_of=census.as_of,
        exact=census.exact,
        fewest=FEWEST,
        lines=[
            LineOut(year=line.year, province=line.province, form=line.form, count=line.count)
            for line in census.lines
        ],
    )
