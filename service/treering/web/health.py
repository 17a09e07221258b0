"""Whether this process lives, and whether the parts behind it answer."""

from fastapi import Response

from treering.web.access import TheServices
from treering.web.audience import OpenRouter
from treering.web.models import Health

router = OpenRouter(tags=["health"])
_NOT_READY = {503: {"model": dict[str, bool], "description": "A part does not answer"}}


@router.get("/healthz", summary="This process lives")
def read_health() -> Health:
    return Health()


@router.get("/readyz", summary="Which parts answer", responses=_NOT_READY)  # type: ignore[arg-type]
def read_readiness(services: TheServices, response: Response) -> dict[str, bool]:
    found = dict(services.readiness())
    response.status_code = 200 if all(found.values()) else 503
    response.headers["Cache-Control"] = "no-store"
    return found
