"""What a holder may ask of us, through the programme that knows who he is."""

from typing import Any

from fastapi import APIRouter, Request, Response

from treering import errors
from treering.domain.plea import Plea
from treering.domain.role import Person
from treering.web.access import TheServices, TheSteward
from treering.web.models.holders import (
    DisplayIn,
    GuardianIn,
    Heard,
    HeldIn,
    Leaves,
    NameIn,
    PleaIn,
    Records,
    Shown,
    Stays,
)
from treering.web.refusals import OF_A_BODY, OF_A_DOOR, refusals

_OF_A_PLEA = (*OF_A_DOOR, *OF_A_BODY, errors.HolderNotFound)
router = APIRouter(prefix="/v1", tags=["holders"], responses=refusals(*_OF_A_PLEA))


@router.post("/holders:access", summary="All that is held of a holder, for him")
def read_held(
    given: HeldIn, person: TheSteward, services: TheServices, request: Request, response: Response
) -> dict[str, Any]:
    response.headers["Cache-Control"] = "no-store"
    return services.holders.held(_plea(given, person, request), given.place)


@router.post(
    "/holders:correct",
    summary="Correct his name: documents with the old one say so when they are brought",
    responses=refusals(*_OF_A_PLEA, errors.NameRefused),
)
def correct_name(
    given: NameIn, person: TheSteward, services: TheServices, request: Request
) -> Records:
    return Records(records=services.holders.correct(_plea(given, person, request), given.name))


@router.post(
    "/holders:display",
    summary="Whether his masked name is shown, from now on",
    responses=refusals(*_OF_A_PLEA, errors.GuardianRefuses),
)
def set_display(
    given: DisplayIn, person: TheSteward, services: TheServices, request: Request
) -> Shown:
    services.holders.show(_plea(given, person, request), shown=given.shown)
    return Shown(shown=given.shown)


@router.post("/holders:guardian", summary="A guardian's yes or no for one under 14")
def hear_guardian(
    given: GuardianIn, person: TheSteward, services: TheServices, request: Request
) -> Heard:
    plea, by = _plea(given, person, request), bytes.fromhex(given.by)
    services.holders.hear_guardian(plea, by, consents=given.consents)
    return Heard(consents=given.consents)


@router.post("/holders:leave", summary="He asks to be erased")
def ask_to_leave(
    given: PleaIn, person: TheSteward, services: TheServices, request: Request
) -> Leaves:
    due = services.holders.ask_to_leave(_plea(given, person, request))
    return Leaves(due_at=due.isoformat())


@router.post("/holders:stay", summary="He takes it back")
def stay(given: PleaIn, person: TheSteward, services: TheServices, request: Request) -> Stays:
    return Stays(stopped=services.holders.stay(_plea(given, person, request)))


@router.post(
    "/holders:erase",
    summary="Erase him, some days after he asked and by another key: for good",
    responses=refusals(*_OF_A_PLEA, errors.ErasureTooSoon, errors.HolderWaits),
)
def erase(given: PleaIn, person: TheSteward, services: TheServices, request: Request) -> Records:
    return Records(records=services.holders.leave(_plea(given, person, request)))


def _plea(given: PleaIn, person: Person, request: Request) -> Plea:
    return Plea(person, given.holder, given.why, request.state.request_id)
