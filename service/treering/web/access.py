"""What routes are given: the services, the programme behind an API key, the bare body."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param

from treering.domain.view import Programme
from treering.web.services import Services

BEARER = HTTPBearer(auto_error=False, description="A programme's API key")
_API_KEY = APIKeyHeader(name="X-API-Key", auto_error=False, description="A programme's API key")
SCHEMES: list[dict[str, list[str]]] = [{BEARER.scheme_name: []}, {_API_KEY.scheme_name: []}]


async def services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


async def base_url(request: Request) -> str:
    """Where the outside reaches this service, without a slash at the end."""
    found: str = request.app.state.base_url
    return found


TheServices = Annotated[Services, Depends(services)]
BaseUrl = Annotated[str, Depends(base_url)]


def key_of(request: Request) -> str | None:
    """The API key that came with a request, in either of its headers."""
    scheme, credentials = get_authorization_scheme_param(request.headers.get("authorization"))
    if credentials and scheme.lower() == "bearer":
        return credentials
    return request.headers.get(_API_KEY.model.name) or None


async def given_key(
    request: Request,
    _bearer: Annotated[object, Depends(BEARER)],
    _api_key: Annotated[object, Depends(_API_KEY)],
) -> str | None:
    """The schemes stand here for OpenAPI."""
    return key_of(request)


GivenKey = Annotated[str | None, Depends(given_key)]


def programme(services: TheServices, key: GivenKey) -> Programme:
    return services.authenticate(key)


async def body(request: Request) -> bytes:
    """All of it; BodyTooLarge by `body_limit`."""
    return await request.body()


TheProgramme = Annotated[Programme, Depends(programme)]
Body = Annotated[bytes, Depends(body)]
