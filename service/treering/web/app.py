"""The web application, put together: routers, problems, limits, headers, static files."""

from functools import cache
from pathlib import Path

from fastapi import FastAPI
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from treering.telemetry.requests import Requests
from treering.telemetry.standing import tell_standing
from treering.telemetry.traces import Traces
from treering.web import (
    badges,
    bundles,
    census,
    certificates,
    check_page,
    console,
    counts,
    did,
    differences,
    exchanges,
    explore,
    fulfilled,
    ground,
    health,
    holders,
    holdings,
    inspect_page,
    installed,
    lots,
    metrics,
    mirror,
    operator,
    pages,
    problems,
    provenance,
    redeem,
    redemptions,
    rules,
    search,
    sign_in,
    verification,
    verify_page,
)
from treering.web.audience import audiences, scopes
from treering.web.body_limit import BodyLimit
from treering.web.crowd import Crowd
from treering.web.express import Express
from treering.web.headers import SecurityHeaders
from treering.web.observe import Observer
from treering.web.refusals import ANY
from treering.web.remembered import Remembered
from treering.web.services import Services
from treering.web.uploads import Uploads
from treering.web.walkers import Walkers

_STATIC = Path(__file__).parent / "static"
_ROUTERS = (
    redemptions.router,
    verification.router,
    certificates.router,
    lots.router,
    search.router,
    ground.router,
    ground.open_router,
    provenance.router,
    explore.router,
    counts.router,
    exchanges.router,
    rules.router,
    fulfilled.router,
    did.router,
    bundles.router,
    badges.router,
    installed.router,
    health.router,
    holders.router,
    holdings.router,
    metrics.router,
    operator.router,
    sign_in.router,
    differences.router,
    mirror.router,
    census.router,
    verify_page.router,
    check_page.router,
    console.router,
    inspect_page.router,
    pages.router,
)


def add_routes(app: FastAPI) -> None:
    """All of them; AudienceMissing where one does not say whom it opens to."""
    redeem.install(app)
    for router in _ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    audiences(app)
    scopes(app)


@cache
def _routes() -> list[BaseRoute]:
    """The same for every application of a process: making them takes a third of a second."""
    model = FastAPI(openapi_url=None, responses=ANY)
    add_routes(model)
    return model.routes


def create_app(services: Services, *, base_url: str, traces: Traces | None = None) -> FastAPI:
    """`base_url` is where the outside reaches it: QR codes and credentials carry it."""
    app = FastAPI(
        title="Treering",
        summary="Certificates and provenance for planted trees, provable on an Ethereum contract",
        version="1",
        responses=ANY,
        docs_url=None,  # its scripts come from elsewhere, which the CSP forbids
        redoc_url=None,
        redirect_slashes=False,  # it would lead to whatever host the request names
    )
    app.state.services = services
    app.state.base_url = base_url.rstrip("/")
    app.router.routes.extend(_routes())
    problems.install(app)
    express = next(route for route in app.routes if getattr(route, "path", "") == redeem.PATH)
    app.add_middleware(Express, path=redeem.PATH, endpoint=redeem.redeem, route=express)
    app.add_middleware(Walkers)
    app.add_middleware(Crowd)
    app.add_middleware(BodyLimit)
    app.add_middleware(Remembered, standpoint=services.standpoint)
    app.add_middleware(SecurityHeaders, https=base_url.startswith("https://"))
    app.state.uploads = Uploads()
    app.state.requests = Requests()
    tell_standing(app.state.requests.registry, services.overview)
    app.add_middleware(Observer, requests=app.state.requests, traces=traces)
    return app
