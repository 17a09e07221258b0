"""Whoever walks through numbers is slowed down. Guessing is hopeless (a million guesses hit with a
chance of two in a million), but it costs the database a look each time.

Only misses count, and only of numbers that nobody was ever issued: who opens certificates that
there are is never slowed down by himself. Neighbours behind one address share its misses, so
there is room for many mistakes.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from treering.errors import TooManyGuesses
from treering.web.problems import members, problem, status_of

BURST = 300  # misses at once
PER_SECOND = 1.0  # misses that are forgiven
_WATCHED = ("/c/", "/v1/certificates/")
_MOST_CLIENTS = 10_000  # the one that missed longest ago is forgotten first
_SAYS = "this number was not looked up: many before it were never issued"


class Walkers:
    """`now` counts seconds and never goes back."""

    def __init__(self, app: ASGIApp, now: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._now = now
        self._missed: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_WATCHED):
            await self._app(scope, receive, send)
            return
        client = _client(scope)
        if self._left(client) < 1:
            refusal = TooManyGuesses(_SAYS)
            answer = problem(Request(scope), status_of(type(refusal)), members(refusal))
            await answer(scope, receive, send)
            return

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 404:
                self._miss(client)
            await send(message)

        await self._app(scope, receive, watched)

    def _left(self, client: str) -> float:
        left, at = self._missed.get(client, (float(BURST), 0.0))
        return min(float(BURST), left + (self._now() - at) * PER_SECOND)

    def _miss(self, client: str) -> None:
        self._missed[client] = self._left(client) - 1, self._now()
        self._missed.move_to_end(client)
        if len(self._missed) > _MOST_CLIENTS:
            self._missed.popitem(last=False)


def _client(scope: Scope) -> str:
    """The address; of IPv6 the half that one customer is given."""
    host = str((scope.get("client") or ("",))[0])
    return ":".join(host.split(":")[:4]) if ":" in host else host
