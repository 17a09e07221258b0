"""Whoever walks through numbers is slowed down. Guessing is hopeless (a million guesses hit with a
chance of two in a million), but it costs the database a look each time.

Only misses count, and only of numbers that nobody was ever issued: who opens certificates that
there are is never slowed down by himself. Neighbours behind one address share its misses, so
there is room for many mistakes.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from treering.errors import TooManyGuesses
from treering.web.problems import members, problem, status_of

BURST = 300  # misses at once
PER_SECOND = 1.0  # misses that are forgiven
# Wherever a number is looked up: in the address, or in what is sent to be checked.
_WATCHED = ("/c/", "/v1/certificates/", "/v1/provenance/")
_SENT_TO = ("/v1/verify", "/verify")
_MOST_CLIENTS = 10_000  # the one that missed longest ago is forgotten first
_OF_THE_HOUSE = [
    ip_network(each)
    for each in "127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1/128 fc00::/7".split()
]
_SAYS = "this number was not looked up: many before it were never issued"


class Walkers:
    """`now` counts seconds and never goes back."""

    def __init__(self, app: ASGIApp, now: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._now = now
        self._missed: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_watched(scope):
            await self._app(scope, receive, send)
            return
        client = _client(scope)
        if client is not None and self._left(client) < 1:
            refusal = TooManyGuesses(_SAYS)
            answer = problem(Request(scope), status_of(type(refusal)), members(refusal))
            await answer(scope, receive, send)
            return

        async def watched(message: Message) -> None:
            missed = message["type"] == "http.response.start" and message["status"] == 404
            if client is not None and missed:
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


def _is_watched(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.startswith(_WATCHED) or (scope["method"] == "POST" and path in _SENT_TO)


def _client(scope: Scope) -> str | None:
    """The visitor's address, of IPv6 the half that one customer is given; None for one of this
    house: a proxy that uvicorn was not told to trust stands for everybody."""
    try:
        address = ip_address(str((scope.get("client") or ("",))[0]))
    except ValueError:
        return None
    if any(address in network for network in _OF_THE_HOUSE):
        return None
    return str(address) if address.version == 4 else str(ip_network(f"{address}/64", strict=False))
