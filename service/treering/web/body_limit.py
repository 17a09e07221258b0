"""Bodies larger or slower than their route takes are refused while they arrive; uvicorn has
no limit of either kind.

A bulk upload may take as long as it likes, if something of it comes again and again.
"""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from treering.errors import BodyTooLarge, BodyTooSlow

LIMIT = 256 * 1024
BULK_LIMIT = 16 << 30  # nothing of it is held: a hundred million lines
FILE_LIMIT = 32 << 20  # of a report or picture, and of a file of polygons
SECONDS = 10.0
WHOLE = "whole"  # in the scope's state, by the server: the length of a body that is all here


class BodyLimit:
    """Raises BodyTooLarge or BodyTooSlow into whoever reads the body: answered as problems."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            bulk = scope["path"].endswith(":bulk")
            limit = BULK_LIMIT if bulk else _limit(scope["path"])
            if scope.get("state", {}).get(WHOLE, limit + 1) > limit:
                receive = _limited(_timed(receive, each=bulk), limit, _announced(scope))
        await self._app(scope, receive, send)


def _limit(path: str) -> int:
    is_file = path == "/v1/land" or (path.startswith("/v1/lots/") and path.endswith("/evidence"))
    return FILE_LIMIT if is_file else LIMIT


def _limited(receive: Receive, limit: int, announced: int) -> Receive:
    arrived = 0

    async def receive_within_limit() -> Message:
        nonlocal arrived
        if announced > limit:
            raise BodyTooLarge(f"{announced} bytes were announced, at most {limit} are taken")
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > limit:
            raise BodyTooLarge(f"more than {limit} bytes came")
        return message

    return receive_within_limit


def _timed(receive: Receive, *, each: bool) -> Receive:
    """SECONDS are for `each` piece of the body, or for all of them together."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + SECONDS
    whole = False

    async def receive_in_time() -> Message:
        nonlocal ends, whole
        if whole:
            return await receive()  # whoever waits now waits for the client to leave
        try:
            async with asyncio.timeout_at(loop.time() + SECONDS if each else ends):
                message = await receive()
        except TimeoutError as error:
            raise BodyTooSlow(f"{SECONDS:.0f} seconds are enough") from error
        whole = not message.get("more_body", False)
        return message

    return receive_in_time


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0
