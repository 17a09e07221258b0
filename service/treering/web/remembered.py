"""An answer about a certificate is made once from each standpoint, and given to all who ask.

It is kept as the bytes that were sent, by address and language, for as long as books and chain
stand where they stood (docs/decisions/0050); MAX_AGE bounds what neither tells of. Many who ask
at once wait for one making. Whether an answer may be kept its route says, by `keep`.
"""

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from treering.domain.standpoint import Standpoint
from treering.domain.verification import State
from treering.errors import AnswerNotMade
from treering.web.crowd import CROWDED
from treering.web.language import preferred
from treering.web.problems import members, problem, status_of

BYTES = 64 << 20
MAX_AGE = 60.0  # seconds
PATIENCE = 40.0  # seconds: longer than a node and a database together are waited for
_KEPT = "kept"  # in the scope's state: from which standpoints, by whether they see the chain
_NUMBER = r"TR(-[0-9A-HJKMNP-TV-Z]{4}){7}"  # as we write it
_OURS = re.compile(rf"/c/{_NUMBER}|/v1/certificates/{_NUMBER}/verification")
_QUERIES = (b"", b"lang=en", b"lang=zh")
_OF_A_BODY = (b"content-length", b"content-type")
_ROUTED, _SAID = ("route", "path_params"), ("refusal",)  # what log and counts need to know

_Key = tuple[str, bytes, str, bool]


def keep(request: Request, state: State) -> None:
    """Said by a route: its answer is the same from the same standpoint. Not what waits; and what
    could not be checked, only where nothing can be."""
    request.state.kept = {State.PENDING: (), State.CANNOT_CHECK_NOW: (False,)}.get(
        state, (True, False)
    )


@dataclass(slots=True)
class Answer:
    """As it was sent; `routed` and `said` are what the router and the route left in the scope."""

    messages: list[Message]
    routed: dict[str, object]
    said: dict[str, object]
    at: Standpoint
    made: float
    tag: bytes = b""

    @property
    def size(self) -> int:
        return sum(len(message.get("body", b"")) for message in self.messages)

    async def send(self, scope: Scope, send: Send, age: float | None = None) -> None:
        """Those above add headers of their own to what they are given."""
        scope.update(self.routed)
        scope.setdefault("state", {}).update(self.said)
        start, *rest = self.messages
        headers = [*start["headers"]]
        if age is not None:
            headers.append((b"age", b"%d" % age))
        if self.tag and (b"if-none-match", self.tag) in scope["headers"]:
            headers = [each for each in headers if each[0] not in _OF_A_BODY]
            await send({**start, "status": 304, "headers": headers})
            rest = [{"type": "http.response.body", "body": b""}]
        else:
            await send({**start, "headers": headers})
        for message in rest:
            await send(message)


class Remembered:
    """Keeps so many bytes of answers, the last ones used."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        standpoint: Callable[[], Standpoint | None],
        limit: int = BYTES,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._standpoint = standpoint
        self._limit = limit
        self._patience = patience
        self._clock = clock
        self._bytes = 0
        self._kept: OrderedDict[_Key, Answer] = OrderedDict()
        self._making: dict[tuple[_Key, Standpoint], asyncio.Task[Answer]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _key(scope)
        at = self._standpoint() if key else None
        if key is None or at is None:
            await self._app(scope, receive, send)
        elif kept := self._found(key, at):
            await kept.send(scope, send, self._clock() - kept.made)
        else:
            await self._wait(key, at, scope, receive, send)

    def _found(self, key: _Key, at: Standpoint) -> Answer | None:
        kept = self._kept.get(key)
        if kept is None or kept.at != at or self._clock() - kept.made >= MAX_AGE:
            return None
        self._kept.move_to_end(key)
        return kept

    async def _wait(
        self, key: _Key, at: Standpoint, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """The making goes on for the others if one of those who wait leaves."""
        making = self._making.get((key, at))
        if making is None:
            making = asyncio.create_task(self._make(key, at, scope))
            self._making[key, at] = making
            making.add_done_callback(lambda _: self._making.pop((key, at)))
        try:
            async with asyncio.timeout(self._patience):
                made = await asyncio.shield(making)
        except TimeoutError:
            refusal = AnswerNotMade(f"not within {self._patience:.0f} s: ask again")
            answer = problem(Request(scope), status_of(type(refusal)), members(refusal))
            await answer(scope, receive, send)
        else:
            await made.send(scope, send)

    async def _make(self, key: _Key, at: Standpoint, asked: Scope) -> Answer:
        scope = {**asked, "state": dict(asked.get("state", {}))}
        messages: list[Message] = []

        async def take(message: Message) -> None:
            messages.append(message)

        made = self._clock()
        await self._app(scope, _nothing, take)
        routed = {name: scope[name] for name in _ROUTED if name in scope}
        said = {name: scope["state"][name] for name in _SAID if name in scope["state"]}
        answer = Answer(messages, routed, said, at, made)
        if messages[0]["status"] == 200 and at.sees_chain in scope["state"].get(_KEPT, ()):
            answer.tag = _tag(messages)
            self._keep(key, answer)
        return answer

    def _keep(self, key: _Key, answer: Answer) -> None:
        if before := self._kept.pop(key, None):
            self._bytes -= before.size
        self._kept[key] = answer
        self._bytes += answer.size
        while self._bytes > self._limit:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.size


def _tag(messages: list[Message]) -> bytes:
    """Puts the answer's own name into its headers, so that whoever has it is told so in short."""
    whole = sha256(b"".join(message.get("body", b"") for message in messages))
    tag = b'W/"%s"' % whole.hexdigest()[:32].encode()
    messages[0] = {**messages[0], "headers": [*messages[0]["headers"], (b"etag", tag)]}
    return tag


async def _nothing() -> Message:
    """These addresses read no body."""
    return {"type": "http.request", "body": b"", "more_body": False}


def _key(scope: Scope) -> _Key | None:
    """What an answer depends on; None for all that is not of these addresses."""
    if scope["type"] != "http" or scope["method"] != "GET" or not _OURS.fullmatch(scope["path"]):
        return None
    query = scope["query_string"]
    if query not in _QUERIES or scope.get("state", {}).get(CROWDED):
        return None
    accept = language = b""
    for name, value in scope["headers"]:
        if name == b"accept":
            accept = accept or value
        elif name == b"accept-language":
            language = language or value
    spoken = "" if query or scope["path"].startswith("/v1/") else _preferred(language)
    return scope["path"], query, spoken, b"text/html" in accept


@lru_cache(maxsize=1024)
def _preferred(accept_language: bytes) -> str:
    return preferred(accept_language[:500].decode("latin-1"))
