"""What routes are given: the services, the bare body, who asks in what role.

A route that is not for everybody names those whom it opens to, by one of the types below:

    def show_sites(person: TheRegulator, services: TheServices) -> Response:
        person.insist_on(province)  # OutsideProvinces

Keys come as a bearer, as X-API-Key, or as the password of any user, which browsers ask for.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param

from treering.domain.role import OVERSEERS, Credentials, Person, Role, Scope, insist_on_scope
from treering.domain.view import Programme
from treering.errors import SignInNeeded
from treering.web.services import Services

SESSION_COOKIE, AWAY_COOKIE = "treering-session", "treering-away"
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


@dataclass(frozen=True, slots=True)
class ProgrammeDoor:
    """A dependency: the programme, whose key was made for this; NotAuthenticated, ScopeNeeded."""

    scope: Scope
    roles: ClassVar[tuple[Role, ...]] = (Role.PROGRAMME,)

    def __call__(self, services: TheServices, key: GivenKey) -> Programme:
        return services.authenticate(key, self.scope)


async def body(request: Request) -> bytes:
    """All of it; BodyTooLarge by `body_limit`."""
    return await request.body()


def credentials(request: Request) -> Credentials:
    """What the request shows of its sender."""
    scheme, value = get_authorization_scheme_param(request.headers.get("authorization"))
    key = _password(value) if scheme.lower() == "basic" else key_of(request)
    return Credentials(key=key, session=_session(request))


def cookie_name(base_url: str, name: str) -> str:
    """Where there is HTTPS, one that no other host of the domain can set."""
    return f"__Host-{name}" if base_url.startswith("https://") else name


def _session(request: Request) -> str | None:
    """The browser's session; of what changes something only if a page of ours sent it."""
    base: str = request.app.state.base_url
    # A page that tells nobody its address sends a form with no origin: then the browser's word.
    is_ours = request.headers.get("origin") == "{0.scheme}://{0.netloc}".format(urlsplit(base))
    is_ours = is_ours or request.headers.get("sec-fetch-site") == "same-origin"
    if request.method not in ("GET", "HEAD") and not is_ours:
        return None
    return request.cookies.get(cookie_name(base, SESSION_COOKIE))


def _password(basic: str) -> str | None:
    """The password of HTTP's Basic; None where it is not of that form."""
    try:
        return b64decode(basic, validate=True).decode().partition(":")[2] or None
    except (NotBase64, UnicodeDecodeError):
        return None


def maybe_person(
    request: Request,
    services: TheServices,
    _bearer: Annotated[object, Depends(BEARER)],
    _api_key: Annotated[object, Depends(_API_KEY)],
) -> Person | None:
    """Who asks, None for anybody; NotAuthenticated for a key that opens nothing."""
    return services.access.person(credentials(request))


MaybePerson = Annotated[Person | None, Depends(maybe_person)]


@dataclass(frozen=True, slots=True)
class Door:
    """A dependency: the person, in one of these roles, his key made for this where it is a
    programme's; SignInNeeded, RoleNeeded, ScopeNeeded."""

    roles: tuple[Role, ...]
    scope: Scope | None = None

    def __call__(self, person: MaybePerson) -> Person:
        if person is None:
            raise SignInNeeded(f"it opens to: {', '.join(self.roles)}")
        person.insist_to_be(*self.roles)
        if self.scope:
            insist_on_scope(person.scopes, self.scope)
        return person


def opened_to(*roles: Role, scope: Scope | None = None) -> Door:
    return Door(roles, scope)


TheOperator = Annotated[Person, Depends(opened_to(Role.OPERATOR))]
TheRegulator = Annotated[Person, Depends(opened_to(Role.REGULATOR))]
TheAuditor = Annotated[Person, Depends(opened_to(Role.AUDITOR))]
TheInspector = Annotated[Person, Depends(opened_to(Role.INSPECTOR))]
TheOverseer = Annotated[Person, Depends(opened_to(*OVERSEERS))]
TheRedeemer = Annotated[Programme, Depends(ProgrammeDoor(Scope.REDEEM))]
TheExchanger = Annotated[Programme, Depends(ProgrammeDoor(Scope.EXCHANGE))]
TheForester = Annotated[Person, Depends(opened_to(Role.PROGRAMME, scope=Scope.GROUND))]
TheSteward = Annotated[Person, Depends(opened_to(Role.PROGRAMME, scope=Scope.HOLDERS))]
Body = Annotated[bytes, Depends(body)]
