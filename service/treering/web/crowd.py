"""More connections than this process has room for are told to come again, each in its form."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from treering.errors import TooManyConnections
from treering.web.problems import members, problem, status_of

CROWDED = "crowded"  # in the scope's state, by the server, of a connection beyond its room
_AGAIN = "what was asked for was not looked at: send it again"


class Crowd:
    """Answers such a connection's request with TooManyConnections, and closes it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("state", {}).get(CROWDED):
            refusal = TooManyConnections(_AGAIN)
            answer = problem(Request(scope), status_of(type(refusal)), members(refusal))
            answer.headers.update({"Connection": "close", "Retry-After": "1"})
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)
