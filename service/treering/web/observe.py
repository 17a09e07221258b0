"""Every request once: a line in the log, and a count. By route template, never by address.

What a person sent is not logged: neither query nor body, nor a path's own text, but for a
certificate's number and a redemption's id where they are well formed.
"""

import random
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from treering.domain.number import parse
from treering.errors import NumberMistyped
from treering.telemetry.requests import Answered, Requests
from treering.telemetry.traces import Traces

_log = structlog.get_logger()
_QUIET = {"/healthz", "/readyz", "/metrics"}  # asked every few seconds, by machines
_IN_GROUPS = ("POST", "/v1/redemptions")  # admission logs those that it answers
_REQUEST_ID = re.compile(rb"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Observer:
    """Outermost, so that whatever the layers below it answer is seen."""

    app: ASGIApp
    requests: Requests
    traces: Traces | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, begun, request_id = 500, time.perf_counter(), _request_id(scope)

        scope.setdefault("state", {})["request_id"] = request_id

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                told = (b"x-request-id", request_id.encode())
                message["headers"] = [*message.get("headers", ()), told]
            await send(message)

        try:
            await self.app(scope, receive, send_and_see)
        finally:
            self._note(scope, status, time.perf_counter() - begun, request_id)

    def _note(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        code = str(scope.get("state", {}).get("refusal", ""))
        answered = Answered(scope["method"], _route(scope), status, seconds, code)
        self.requests.note(answered)
        if self.traces:
            self.traces.note(answered, Headers(scope=scope), request_id)
        if answered.route in _QUIET and status < 500:
            return
        if (answered.method, answered.route) == _IN_GROUPS and status < 300:
            return
        fields = {**_named(scope), **({"code": code} if code else {})}
        _log.info(
            "request",
            method=answered.method[:10],
            route=answered.route,
            status=status,
            ms=round(seconds * 1000, 1),
            request_id=request_id,
            **fields,
        )


def _request_id(scope: Scope) -> str:
    """As whoever stands before us called it, if that is a plain word; else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return bytes(value).decode()
    return f"{random.getrandbits(64):016x}"


def _route(scope: Scope) -> str:
    """The template, such as /c/{number}; all that no route takes is one."""
    found = getattr(scope.get("route"), "path", None)
    if isinstance(found, str):
        return found
    return "/static" if scope["path"].startswith("/static/") else "unmatched"


def _named(scope: Scope) -> dict[str, str]:
    """What the path names, as far as it is ours."""
    path: dict[str, Any] = scope.get("path_params") or {}
    named = {}
    if isinstance(number := path.get("number"), str):
        with suppress(NumberMistyped):
            named["certificate"] = str(parse(number))
    if isinstance(redemption := path.get("redemption_id"), str):
        with suppress(ValueError):
            named["redemption"] = str(UUID(redemption))
    return named
