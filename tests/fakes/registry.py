"""Registries for tests: the real twin on a real port, and two that lie.

`LooseRegistry` signs whatever entries it is given, in the twin's own form. `Between` stands
before either and spoils its answers on the way.
"""

import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from treering.domain.fulfilment import Entry, Event
from treering.domain.keccak import keccak
from treering.domain.record import TreeId
from treering.domain.registry_head import VerifierKey
from treering.domain.registry_log import LogTree
from treering.errors import TreeringError
from treering.registry.published import Published
from treering.registry.twin import ORIGIN, problem, twin_app

SUBMIT_KEY = "submit-key-of-the-tests"
KEY = Ed25519PrivateKey.from_private_bytes(b"registry log key of the tests..!")
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"another key that nobody trusts.!")
PUBLIC = VerifierKey.of(ORIGIN, KEY)


@dataclass
class Clock:
    now: datetime = datetime(2025, 3, 12, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The address of a real server on a free port."""
    config = uvicorn.Config(
        app, port=0, log_level="critical", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
        assert thread.is_alive(), "the server died"
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def issued(number: int, *trees: int, at: datetime | None = None) -> Entry:
    """An entry like the twin's; its trees have these numbers."""
    return Entry(
        event=Event.ISSUED,
        certificate=keccak(b"%d" % number),
        year=2024,
        adcode="150000",
        form="F1",
        trees=tuple(TreeId(tree) for tree in trees),
        at=at or Clock().now,
        synthetic=True,
    )


def after(entry: Entry, event: Event, **changes: object) -> Entry:
    return replace(entry, event=event, **changes)


@dataclass
class LooseRegistry:
    """Change `raws`, `key` or `clock` at any time: it signs what it has."""

    raws: list[bytes] = field(default_factory=list)
    key: Ed25519PrivateKey = KEY
    clock: Callable[[], datetime] = field(default_factory=Clock)
    origin: str = ORIGIN
    _tree: tuple[list[bytes], LogTree] | None = None

    def add(self, *entries: Entry) -> None:
        self.raws += [entry.raw for entry in entries]

    def app(self) -> Starlette:
        routes = [
            Route("/checkpoint", self._answer("checkpoint")),
            Route("/tile/{address:path}", self._answer("tile")),
        ]
        return Starlette(routes=routes, exception_handlers={TreeringError: problem})

    def _answer(self, name: str) -> Callable[..., object]:
        async def answer(request: object) -> object:
            if self._tree is None or self._tree[0] != self.raws:
                self._tree = list(self.raws), LogTree(self.raws)
            books = SimpleNamespace(raws=self.raws, tree=self._tree[1])
            log = Published(books, self.key, self.clock, self.origin)
            return await getattr(log, name)(request)

        return answer


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes | AsyncIterator[bytes]


Spoil = Callable[[Answer], Answer]


@dataclass
class Between:
    """Answers to a path that begins as one in `spoils` go through its function; others pass."""

    inner: ASGIApp
    spoils: dict[str, Spoil] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.inner(scope, receive, send)
        self.asked.append(scope["path"])
        spoil = next(
            (s for path, s in self.spoils.items() if scope["path"].startswith(path)), None
        )
        if spoil is None:
            return await self.inner(scope, receive, send)
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        await self.inner(scope, receive, keep)
        return await _send(spoil(_whole(kept)), send)


def _whole(messages: list[Message]) -> Answer:
    headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
    del headers["content-length"]
    body = b"".join(message.get("body", b"") for message in messages[1:])
    return Answer(messages[0]["status"], headers, body)


async def _send(answer: Answer, send: Send) -> None:
    headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if isinstance(answer.body, bytes):
        await send({"type": "http.response.body", "body": answer.body})
        return
    async for piece in answer.body:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body"})


def body(change: Callable[[bytes], bytes]) -> Spoil:
    """Spoil the body only."""

    def spoil(answer: Answer) -> Answer:
        assert isinstance(answer.body, bytes)
        return replace(answer, body=change(answer.body))

    return spoil


@dataclass
class Twin:
    """The real twin in a folder, ready to be served, and an applicant's hand."""

    folder: Path
    clock: Callable[[], datetime] = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.app = twin_app(self.folder, KEY, self.clock, SUBMIT_KEY)

    def application(self, name: str, /, *trees: int, **changes: object) -> dict[str, object]:
        wish = {"application": name, "year": 2024, "adcode": "150000", "form": "F1"}
        return wish | {"trees": [f"{tree:024x}" for tree in trees], "salt": "5a" * 32} | changes


def apply(url: str, application: object, key: str = SUBMIT_KEY) -> httpx.Response:
    headers = {"authorization": f"Bearer {key}"}
    return httpx.post(f"{url}/applications", json=application, headers=headers)


def withdraw(url: str, certificate: str, key: str = SUBMIT_KEY) -> httpx.Response:
    headers = {"authorization": f"Bearer {key}"}
    return httpx.post(f"{url}/certificates/{certificate}/withdrawal", headers=headers)
