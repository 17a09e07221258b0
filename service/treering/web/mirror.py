"""The state of the registry's mirror: its heads and their age, its sources, what was contradicted.

Open to regulators, auditors and operators.
"""

from fastapi import APIRouter, Request, Response

from treering import errors
from treering.flow.mirroring.state import MAX_AGE
from treering.web.access import TheOverseer, TheServices
from treering.web.census import Day
from treering.web.models.mirror import MirrorOut, mirror_out
from treering.web.refusals import OF_A_KEY, refusals
from treering.web.templating import page

router = APIRouter(tags=["mirror"])


@router.get(
    "/v1/mirror",
    summary="What we hold of the registry's log, and how its sources stand",
    responses=refusals(*OF_A_KEY, errors.SignInNeeded, errors.RoleNeeded),
)
def read_mirror(
    response: Response, _: TheOverseer, services: TheServices, day: Day = None
) -> MirrorOut:
    """With `at`, the heads are those that we held at the end of that day."""
    response.headers["Cache-Control"] = "no-store"  # an age is true for a moment
    return mirror_out(services.mirrors.mirrored(day))


@router.api_route("/mirror", methods=["GET", "HEAD"], include_in_schema=False)
def show_mirror(
    request: Request, _: TheOverseer, services: TheServices, day: Day = None
) -> Response:
    found = services.mirrors.mirrored(day)
    return page(request, "mirror.html", found=found, day=day, most_age=MAX_AGE)
