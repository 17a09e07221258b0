"""What routes are given: the services, the programme behind an API key, the bare body."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from treering.domain.view import Programme
from treering.web.services import Services

BEARER = HTTPBearer(auto_error=False, description="A programme's API key")
_API_KEY = APIKeyHeader(name="X-API-Key", auto_error=False, description="A programme's API key")


async def services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


async def base_url(request: Request) -> str:
    """Where the outside reaches this service, without a slash at the end."""
    found: str = request.app.state.base_url
    return found


TheServices = Annotated[Services, Depends(services)]
BaseUrl = Annotated[str, Depends(base_url)]


async def given_key(
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    api_key: Annotated[str | None, Depends(_API_KEY)],
) -> str | None:
    return bearer.credentials if bearer else api_key


GivenKey = Annotated[str | None, Depends(given_key)]


def programme(services: TheServices, key: GivenKey) -> Programme:
    return services.authenticate(key)


async def one_of_a_crowd(services: TheServices, key: GivenKey) -> Programme:
    """The programme, looked up once for all who come with its key in the same moment."""
    known = services.remembered(key)
    return known if known else await run_in_threadpool(services.authenticate, key)


async def body(request: Request) -> bytes:
    """All of it; BodyTooLarge by `body_limit`."""
    return await request.body()


TheProgramme = Annotated[Programme, Depends(programme)]
TheCrowdsProgramme = Annotated[Programme, Depends(one_of_a_crowd)]
Body = Annotated[bytes, Depends(body)]
