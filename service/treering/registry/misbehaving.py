"""The twin misbehaving on command, in each way of the list of faults (F50 to F60), so that whoever
runs a mirror can see what it does about it. Only what is served is spoilt: the journal stays true,
and a twin that is started again without a word behaves again.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.responses import (
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from treering.domain.fulfilment import Entry
from treering.domain.registry_head import VerifierKey, sign
from treering.domain.registry_log import LogTree
from treering.registry.published import Books, Published

_OCTETS = "application/octet-stream"
_ALL, _HEAD, _TILES, _ENTRIES = "/", "/checkpoint", "/tile/", "/tile/entries/"
_PIECE = 64 * 1024
_MALFORMED = b'{"year":NaN}\xff'

Told = Callable[[list[bytes]], list[bytes]]
Spoilt = Mapping[str, ASGIApp]  # what answers instead, by how a path begins


@dataclass(frozen=True, slots=True)
class Log:
    """What is true, and the key that signs what is not."""

    books: Books
    key: Ed25519PrivateKey
    clock: Callable[[], datetime]
    origin: str

    def telling(self, told: Told, clock: Callable[[], datetime] | None = None) -> ASGIApp:
        """The log of other entries, signed like the true one."""
        books = _Books(self.books, told)
        return Router(Published(books, self.key, clock or self.clock, self.origin).routes)


@dataclass(frozen=True, slots=True)
class _Books:
    true: Books
    told: Told

    @property
    def raws(self) -> list[bytes]:
        return self.told(self.true.raws)

    @property
    def tree(self) -> LogTree:
        return LogTree(self.raws)


class Misbehaving:
    """Before the twin's own application: what is spoilt is answered here."""

    def __init__(self, app: ASGIApp, way: str, log: Log) -> None:
        self._app = app
        self._spoilt = WAYS[way](log, app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answering = self._app
        if scope["type"] == "http":
            found = (app for path, app in self._spoilt.items() if scope["path"].startswith(path))
            answering = next(found, self._app)
        await answering(scope, receive, send)


def _rewritten(raws: list[bytes]) -> list[bytes]:
    """The first entry says another place than it did."""
    if not raws:
        return raws
    first = Entry.read(0, raws[0])
    place = "640000" if first.adcode != "640000" else "150000"
    return [replace(first, adcode=place).raw, *raws[1:]]


def _back(log: Log) -> Spoilt:
    """One entry less, signed as of the time before it."""

    def before() -> datetime:
        raws = log.books.raws
        return Entry.read(0, raws[0]).at if raws else log.clock()

    told = log.telling(lambda raws: raws[:-1], before)
    return {_HEAD: told, _TILES: told}


def _frozen(log: Log) -> Spoilt:
    size, now = len(log.books.raws), log.clock()
    return {_HEAD: log.telling(lambda raws: raws[:size], lambda: now)}


def _signed(log: Log, told: Told) -> Spoilt:
    lying = log.telling(told)
    return {_HEAD: lying, _TILES: lying}


def _ahead(log: Log) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        true = sign(log.origin, 1, bytes(32), log.clock(), log.key).note
        text = true.partition("\n\n")[0].replace("\n1\n", f"\n{2**63}\n") + "\n"
        signed = VerifierKey.of(log.origin, log.key).key_id + log.key.sign(text.encode())
        note = f"{text}\n— {log.origin} {b64encode(signed).decode()}\n"
        await PlainTextResponse(note)(scope, receive, send)

    return answer


def _streamed(piece: bytes, seconds: float) -> ASGIApp:
    """A body without an end."""

    async def body() -> AsyncIterator[bytes]:
        while True:
            yield piece
            await asyncio.sleep(seconds)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(body(), media_type=_OCTETS)(scope, receive, send)

    return answer


def _lost(app: ASGIApp) -> ASGIApp:
    """It is done, and nobody hears of it."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def nowhere(_: Message) -> None:
            pass

        await app(scope, receive, nowhere)
        await Response(status_code=504)(scope, receive, send)

    return answer


WAYS: dict[str, Callable[[Log, ASGIApp], Spoilt]] = {
    "rewritten": lambda log, _: _signed(log, _rewritten),
    "back": lambda log, _: _back(log),
    "frozen": lambda log, _: _frozen(log),
    "ahead": lambda log, _: {_HEAD: _ahead(log)},
    "mixed": lambda log, _: {_ENTRIES: log.telling(_rewritten)},
    "repeated": lambda log, _: _signed(log, lambda raws: [*raws, *raws[:1]]),
    "malformed": lambda log, _: _signed(
        log, lambda raws: [*raws, b'{"year":NaN}\xff', *raws[-1:]]
    ),
    "endless": lambda *_: {_ENTRIES: _streamed(bytes(_PIECE), 0.001)},
    "slow": lambda *_: {_ENTRIES: _streamed(b"\0", 1.0)},
    "redirected": lambda *_: {_ALL: RedirectResponse("http://127.0.0.1:1/")},
    "forbidden": lambda *_: {_ALL: Response(status_code=403)},
    "unheard": lambda _, app: {"/applications": _lost(app)},
}
