"""Bodies larger than their route takes are refused while they arrive; uvicorn has no limit."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from treering.errors import BodyTooLarge

LIMIT = 256 * 1024
BULK_LIMIT = 25 * 1024 * 1024


class BodyLimit:
    """Raises BodyTooLarge into whoever reads the body, so that it is answered as a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            limit = BULK_LIMIT if scope["path"].endswith(":bulk") else LIMIT
            receive = _limited(receive, limit, _announced(scope))
        await self._app(scope, receive, send)


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


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0
