"""Many redemptions in one upload: each line answered for itself, none lost, none doubled.

The body is read, redeemed and answered a cell of lines at a time, at constant memory. An
upload sent again under its Idempotency-Key brings the same answers and goes on from there.
"""

import asyncio
import traceback
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Literal

import msgspec
import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from treering.domain.load import Granted, Outcome, Tally
from treering.domain.view import Programme
from treering.errors import TreeringError
from treering.intake.formats import Format, of_pieces
from treering.web.problems import DATABASE_FAULTS, members, without_database
from treering.web.services import Services
from treering.web.spool import Spool
from treering.web.uploads import Uploads

Detail = Literal["lines", "summary"]
ANSWER = (
    "One JSON object a line that is not blank, in the order of the lines, streamed; or, with "
    "`answers=summary`, refused lines, progress and a summary. A last line of status `stopped` "
    "says that it and all after it were not taken: send the upload again under the same key"
)
EXAMPLE = {
    "schema": {"type": "string"},
    "example": '{"line":1,"status":"granted","id":"…","numbers":["TR-…"],"replayed":false}\n'
    '{"line":2,"status":"refused","code":"TR304","title":"There is no such lot."}\n',
}
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Upload:
    """A body on its way, and how it is to be answered."""

    services: Services
    programme: Programme
    key: str
    kind: Format
    detail: Detail

    def answers(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Lines of JSON, a cell's at a time; the last says so if it could not go on."""
        tally = Tally()
        try:
            entries = of_pieces(self.kind, pieces)
            for answered in self.services.load(self.programme, self.key, entries):
                tally.add(answered)
                yield from map(_line, self._told(answered, tally))
            if self.detail == "summary":
                yield _line({"status": "done", **asdict(tally)})
        except (ClientDisconnect, CancelledError):  # nobody is left to be told
            _log.info("an upload was cut off", line=tally.line)
        except Exception as error:
            refusal = _refusal(error, tally.line)
            yield _line({"line": tally.line + 1, "status": "stopped", **members(refusal)})

    def _told(
        self, answered: Sequence[tuple[int, Outcome]], tally: Tally
    ) -> Iterator[dict[str, Any]]:
        if self.detail == "summary":
            refused = ((n, o) for n, o in answered if isinstance(o, TreeringError))
            yield from ({"line": n, "status": "refused", **members(o)} for n, o in refused)
            yield {"status": "progress", **asdict(tally)}
            return
        for line, outcome in answered:
            if isinstance(outcome, Granted):
                yield {"line": line, **_granted(outcome, self.services.numbers(outcome))}
            else:
                yield {"line": line, "status": "refused", **members(outcome)}


class NDJSONResponse(Response):
    """Answers while the body still comes. A client who reads nothing until he has sent all
    is waited for: his answers pile up on disk. Its place among `uploads` was taken."""

    media_type = "application/x-ndjson"

    def __init__(self, upload: Upload, body: AsyncIterator[bytes], uploads: Uploads) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._upload = upload
        self._uploads = uploads
        self._body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        try:
            await self._answer(send)
        finally:
            self._uploads.end(self._upload.programme.code)

    async def _answer(self, send: Send) -> None:
        loop = asyncio.get_running_loop()
        head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(head)
        with Spool() as spool:
            work = loop.run_in_executor(self._uploads.threads, self._work, spool, loop)
            while piece := await spool.read():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await work
        await send({"type": "http.response.body", "body": b""})

    def _work(self, spool: Spool, loop: asyncio.AbstractEventLoop) -> None:
        pieces = _waited_for(self._body, loop)
        try:
            for line in self._upload.answers(pieces):
                spool.write(line)
            for _ in pieces:  # of one that stopped, so that its sender comes to read why
                pass
        finally:
            spool.end()


async def chained(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


def _waited_for(body: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """The body's pieces, for a thread; ClientDisconnect once the process ends."""

    async def following() -> bytes | None:
        return await anext(body, None)

    while (piece := _awaited(following(), loop)) is not None:
        yield piece


def _awaited(piece: Coroutine[Any, Any, bytes | None], loop: asyncio.AbstractEventLoop) -> Any:
    """A loop that has ended answers nobody, and no thread may wait for it."""
    try:
        coming = asyncio.run_coroutine_threadsafe(piece, loop)
    except RuntimeError as closed:
        piece.close()
        raise ClientDisconnect from closed
    while not loop.is_closed():
        with suppress(TimeoutError):
            return coming.result(timeout=1)
    raise ClientDisconnect


def _granted(granted: Granted, numbers: Sequence[str]) -> dict[str, Any]:
    return {
        "status": "granted",
        "id": str(granted.id),
        "numbers": numbers,
        "replayed": granted.replayed,
    }


def _refusal(error: Exception, line: int) -> TreeringError:
    """What may be told of a fault; the answer has begun, so that it is told in it."""
    if isinstance(error, TreeringError):
        return error
    if isinstance(error, DATABASE_FAULTS):
        return without_database(error)
    # In plain text: a traceback that shows variables would show holders' names.
    trace = "".join(traceback.format_exception(error))
    _log.error("bulk redemption failed", line=line, trace=trace)
    return TreeringError("the fault is ours; send these lines again under the same key")


def _line(members: dict[str, Any]) -> bytes:
    return msgspec.json.encode(members) + b"\n"
