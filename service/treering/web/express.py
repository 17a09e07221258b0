"""One route that a crowd comes to is reached at once, past all that stands round every route.

Exception handlers, exit stacks and the router cost a redemption a fifteenth of its time, and it
needs none of them: its refusals are answered here, as everybody's are; a fault that nobody
foresaw goes on to where it is logged.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from treering.errors import TreeringError
from treering.web.problems import DATABASE_FAULTS, refusal_of

Endpoint = Callable[[Request], Awaitable[Response]]
_FORESEEN = (TreeringError, *DATABASE_FAULTS)


class Express:
    """Hands POST requests for `path` to `endpoint`; `route` is what log and counts name."""

    def __init__(self, app: ASGIApp, *, path: str, endpoint: Endpoint, route: BaseRoute) -> None:
        self._app = app
        self._path = path
        self._endpoint = endpoint
        self._route = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self._path or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        scope["route"] = self._route
        request = Request(scope, receive)
        try:
            answer = await self._endpoint(request)
        except _FORESEEN as error:
            answer = refusal_of(request, error)
        await answer(scope, receive, send)
