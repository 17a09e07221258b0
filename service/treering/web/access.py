"""What routes are given: the services, the programme behind an API key, the bare body."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from treering.domain.view import Programme
from treering.web.services import Services

BEARER = HTTPBearer(auto_error=False, description="A programme's API key")
_API_KEY = APIKeyHeader(name="X-API-Key", auto_error=False, description="A programme's API key")


def services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


def base_url(request: Request) -> str:
    """Where the outside reaches this service, without a slash at the end."""
    found: str = request.app.state.base_url
    return found


TheServices = Annotated[Services, Depends(services)]
BaseUrl = Annotated[str, Depends(base_url)]


def programme(
    services: TheServices,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    api_key: Annotated[str | None, Depends(_API_KEY)],
) -> Programme:
    return services.authenticate(bearer.credentials if bearer else api_key)


async def body(request: Request) -> bytes:
    """All of it; BodyTooLarge by `body_limit`."""
    return await request.body()


TheProgramme = Annotated[Programme, Depends(programme)]
Body = Annotated[bytes, Depends(body)]
