"""A synthetic twin of the national registry, which has no public interface that we know of.

It speaks docs/registry-protocol.md strictly, and its front page says what it is. One process
and one event loop: between a decision and its line on disk nothing else happens.
"""

import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from treering.errors import (
    ApplicationMalformed,
    ApplicationRefused,
    EntryRefused,
    FulfilmentUnknown,
    JournalUnusable,
    SubmitterUnknown,
    TileUnknown,
    TreeringError,
    TreeUsedTwice,
)
from treering.registry.journal import Journal
from treering.registry.misbehaving import Log, Misbehaving
from treering.registry.office import Application, Office
from treering.registry.published import Published

ORIGIN = "treering.example/synthetic-registry"

_BODY_BYTES = 16 * 1024  # an application with as many trees as it may have has 3,000
_STATUS: dict[type[TreeringError], int] = {
    ApplicationMalformed: 422,
    ApplicationRefused: 409,
    EntryRefused: 422,
    FulfilmentUnknown: 404,
    JournalUnusable: 503,
    SubmitterUnknown: 401,
    TileUnknown: 404,
    TreeUsedTwice: 409,
}
_FRONT = """<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>合成登记系统 · Synthetic registry</title>
<h1>这不是真实的全国义务植树登记系统</h1>
<p>这是树轮（Treering）为演示和测试而运行的合成孪生系统。证书编号以 SYN 开头，没有任何效力。</p>
<div lang="en">
<h1>This is not the real national registry of voluntary tree planting</h1>
<p>It is a synthetic twin that Treering runs for demonstrations and tests. The numbers of its
certificates begin with SYN and are worth nothing.</p>
</div>
<p><a href="/checkpoint">/checkpoint</a></p>
</html>
"""


def twin_app(
    folder: Path,
    signing_key: Ed25519PrivateKey,
    clock: Callable[[], datetime],
    submit_key: str,
    *,
    origin: str = ORIGIN,
    misbehave: str | None = None,
) -> Starlette:
    """The twin on the journal in `folder`; its `state.journal` tells what opening found.

    Raises JournalUnusable. `submit_key` is the bearer token of those who may apply; `misbehave`
    one of misbehaving.WAYS.
    """
    journal = Journal(folder)
    log = Published(journal, signing_key, clock, origin)
    desk = _Desk(Office(journal, clock), submit_key)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        journal.close()

    routes = [
        Route("/", _front),
        *log.routes,
        Route("/applications", desk.apply, methods=["POST"]),
        Route("/certificates/{commitment}/withdrawal", desk.withdraw, methods=["POST"]),
    ]
    app = Starlette(routes=routes, exception_handlers={TreeringError: problem}, lifespan=lifespan)
    app.state.journal = journal
    if misbehave:
        true = Log(journal, signing_key, clock, origin)
        app.add_middleware(Misbehaving, way=misbehave, log=true)
    return app


class _Desk:
    """What those with the submit key may do."""

    def __init__(self, office: Office, submit_key: str) -> None:
        self._office = office
        self._expected = f"Bearer {submit_key}".encode()

    async def apply(self, request: Request) -> Response:
        self._admit(request)
        try:
            application = msgspec.json.decode(await _body(request), type=Application)
        except ValueError as error:
            raise ApplicationMalformed(str(error)) from error
        grant, new = self._office.grant(application)
        return JSONResponse(msgspec.to_builtins(grant), 201 if new else 200)

    async def withdraw(self, request: Request) -> Response:
        self._admit(request)
        commitment = request.path_params["commitment"]
        try:
            certificate = bytes.fromhex(commitment)
        except ValueError as error:
            raise FulfilmentUnknown(commitment) from error
        withdrawn = self._office.withdraw(certificate)
        return JSONResponse({"certificate": certificate.hex(), "index": withdrawn.index})

    def _admit(self, request: Request) -> None:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, self._expected):
            raise SubmitterUnknown("send the submit key as a bearer token")


async def _front(_: Request) -> Response:
    headers = {"content-security-policy": "default-src 'none'"}
    return HTMLResponse(_FRONT, headers=headers)


async def problem(_: Request, error: Exception) -> Response:
    """A refusal as RFC 9457 writes it."""
    assert isinstance(error, TreeringError)
    kinds = (kind for kind in type(error).__mro__ if kind in _STATUS)
    status = _STATUS[next(kinds)]
    body = {
        "code": error.code,
        "title": type(error).__doc__,
        "status": status,
        "detail": str(error),
    }
    return JSONResponse(body, status, media_type="application/problem+json")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _BODY_BYTES:
            raise ApplicationMalformed(f"longer than {_BODY_BYTES} bytes")
    return bytes(body)
