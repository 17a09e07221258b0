"""Searching records for whoever watches over the whole: a page at a time, or all as a file."""

from collections.abc import Iterator
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from treering import errors
from treering.domain.provenance.search import Hit
from treering.domain.role import Person
from treering.export.written import Form, written
from treering.web.access import TheOverseer, TheServices
from treering.web.exports import exported
from treering.web.models.search import SearchIn, SearchOut
from treering.web.refusals import refusals
from treering.web.services import Services

router = APIRouter(tags=["provenance"])
AsFile = Annotated[Form | None, Query(description="All that is found, as a file of this form")]


@router.post(
    "/v1/provenance:search",
    summary="Records by programme, place, year, party, state, dates or map box, as of a block",
    response_class=Response,
    responses={
        200: {
            "model": SearchOut,
            "content": {form.media_type.partition(";")[0]: {} for form in Form},
        },
        **refusals(
            errors.SignInNeeded,
            errors.RoleNeeded,
            errors.OutsideProvinces,
            errors.RequestMalformed,
            errors.ChainNotFollowed,
            errors.ExportsBusy,
        ),
    },
)
def search(
    asked: SearchIn,
    person: TheOverseer,
    services: TheServices,
    request: Request,
    form: AsFile = None,
) -> Response:
    """Pages go on at `next_cursor`, at the same block. A file has no limit and needs no cursor.
    Each is in the log."""
    look(asked, person, services, request)
    question, moment = asked.question(person), asked.moment()
    if form is not None:
        return as_file(form, services.provenance.every(question, moment), person)
    found = services.provenance.page(question, moment, asked.after(), asked.limit)
    pin = found.pin
    answer = {
        "as_of": {"block": pin.block, "block_hash": f"0x{pin.hash.hex()}", "at": pin.at},
        "items": found.hits,
        "next_cursor": found.after.text if found.after else None,
    }
    body = msgspec.json.encode(answer)
    return Response(body, headers={"Cache-Control": "no-store"}, media_type="application/json")


def look(asked: SearchIn, person: Person, services: Services, request: Request) -> None:
    """Told before anything is shown: numbers lead to masked names. OutsideProvinces, told too."""
    subject = f"records of {asked.province or 'any province'}"
    services.access.look(person, subject, asked.province, request=request.state.request_id)


def as_file(form: Form, hits: Iterator[Hit], person: Person) -> Response:
    """ExportsBusy while too many are under way."""
    rows = exported(written(form, Hit, hits), person.label)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="treering-records.{form}"',
    }
    return StreamingResponse(rows, headers=headers, media_type=form.media_type)
