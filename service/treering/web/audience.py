"""Deny by default: an application with a route that does not say whom it opens to does not start.

A route says it by a dependency of `access.py` (TheRedeemer, TheOperator, TheRegulator, …), or
stands in an `OpenRouter`, whose routes are for everybody. docs/access.md is made from the same.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from treering.domain.role import Role, Scope
from treering.errors import AudienceMissing
from treering.web.access import Door, ProgrammeDoor

EVERYBODY: frozenset[Role] = frozenset()  # no role is asked for
# What is no route of ours, and holds nothing of anybody.
_OPEN_PATHS = {"/static", "/openapi.json"}
_MARK, _SCOPE = "__opens_to__", "__scope__"
_Endpoint = TypeVar("_Endpoint", bound=Callable[..., Any])


def opens_to(*roles: Role, scope: Scope | None = None) -> Callable[[_Endpoint], _Endpoint]:
    """For an endpoint that looks for role and scope itself, or, without any, for everybody."""

    def marked(endpoint: _Endpoint) -> _Endpoint:
        setattr(endpoint, _MARK, frozenset(roles))
        setattr(endpoint, _SCOPE, scope)
        return endpoint

    return marked


class OpenRouter(APIRouter):
    """A router whose routes are for everybody, but those that name a role themselves."""

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **how: Any) -> None:
        if not hasattr(endpoint, _MARK):
            opens_to()(endpoint)
        super().add_api_route(path, endpoint, **how)


def audience_of(route: RouteContext) -> frozenset[Role]:
    """The roles that it opens to, EVERYBODY for none; AudienceMissing."""
    doors = [frozenset(door.roles) for door in _doors(route.dependant)]
    if doors:
        return frozenset.intersection(*doors)
    found: frozenset[Role] | None = getattr(route.endpoint, _MARK, None)
    if found is None:
        raise AudienceMissing(f"{route.path}: name a role of web/access.py, or use an OpenRouter")
    return found


def scope_of(route: RouteContext) -> Scope | None:
    """What a programme's key must have been made for; AudienceMissing where no route says it."""
    scopes = {door.scope for door in _doors(route.dependant)} or {
        getattr(route.endpoint, _SCOPE, None)
    }
    scope = scopes.pop()
    if scopes or (Role.PROGRAMME in audience_of(route)) != (scope is not None):
        raise AudienceMissing(f"{route.path}: a programme's keys are for one scope each")
    return scope


def _doors(dependant: Dependant) -> Iterator[Door | ProgrammeDoor]:
    for each in dependant.dependencies:
        if isinstance(each.call, Door | ProgrammeDoor):
            yield each.call
        yield from _doors(each)


def audiences(app: FastAPI) -> dict[tuple[str, str], frozenset[Role]]:
    """By method and path, every route of the application; AudienceMissing."""
    return {each: audience_of(route) for each, route in _routes(app)}


def scopes(app: FastAPI) -> dict[tuple[str, str], Scope | None]:
    """Likewise what a programme's key must be for; None where it opens no door."""
    return {each: scope_of(route) for each, route in _routes(app)}


def _routes(app: FastAPI) -> Iterator[tuple[tuple[str, str], RouteContext]]:
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute):
            for method in route.methods or ():
                yield (method, str(route.path)), route
        elif route.path not in _OPEN_PATHS:
            raise AudienceMissing(str(route.path))
