"""Deny by default: an application with a route that does not say whom it opens to does not start.

A route says it by a dependency of `access.py` (TheProgramme, TheOperator, TheRegulator, …), or
stands in an `OpenRouter`, whose routes are for everybody. docs/access.md is made from the same.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from treering.domain.role import Role
from treering.errors import AudienceMissing
from treering.web.access import Door, programme

EVERYBODY: frozenset[Role] = frozenset()  # no role is asked for
# What is no route of ours, and holds nothing of anybody.
_OPEN_PATHS = {"/static", "/openapi.json"}
_MARK = "__opens_to__"
_Endpoint = TypeVar("_Endpoint", bound=Callable[..., Any])


def opens_to(*roles: Role) -> Callable[[_Endpoint], _Endpoint]:
    """For an endpoint that looks for the role itself, or, without any, for everybody."""

    def marked(endpoint: _Endpoint) -> _Endpoint:
        setattr(endpoint, _MARK, frozenset(roles))
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
    doors = [frozenset(roles) for roles in _doors(route.dependant)]
    if doors:
        return frozenset.intersection(*doors)
    found: frozenset[Role] | None = getattr(route.endpoint, _MARK, None)
    if found is None:
        raise AudienceMissing(f"{route.path}: name a role of web/access.py, or use an OpenRouter")
    return found


def _doors(dependant: Dependant) -> Iterator[tuple[Role, ...]]:
    """What each dependency that is a door asks for."""
    for each in dependant.dependencies:
        if isinstance(each.call, Door):
            yield each.call.roles
        elif each.call is programme:
            yield (Role.PROGRAMME,)
        yield from _doors(each)


def audiences(app: FastAPI) -> dict[tuple[str, str], frozenset[Role]]:
    """By method and path, every route of the application; AudienceMissing."""
    found = {}
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute):
            for method in route.methods or ():
                found[method, str(route.path)] = audience_of(route)
        elif route.path not in _OPEN_PATHS:
            raise AudienceMissing(str(route.path))
    return found
