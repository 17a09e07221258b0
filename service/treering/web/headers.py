"""Headers that keep a page to itself: nothing foreign is loaded, framed, guessed or indexed."""

from dataclasses import dataclass
from typing import Self

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Where the visitor names a node of his own (docs/decisions/0041): any by HTTPS, or on his machine.
_ANY_NODE = "https: http://127.0.0.1:* http://localhost:*"
_SENSORS = (
    "accelerometer=(), camera={camera}, display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)


def _policy(connect: str) -> str:
    return (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
        f"font-src 'self'; connect-src {connect}; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'; "
        "require-trusted-types-for 'script'; trusted-types treering-worker"
    )


SECURITY = {
    "Content-Security-Policy": _policy("'self'"),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # a certificate's number stands in its address
    "Permissions-Policy": _SENSORS.format(camera="()"),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_CAMERA = {"Permissions-Policy": _SENSORS.format(camera="(self)")}
_OF_PAGE = {
    "/check": {"Content-Security-Policy": _policy(f"'self' {_ANY_NODE}"), **_CAMERA},
    "/verify": _CAMERA,
}
_PRIVATE = ("/c/", "/Q/", "/v1/certificates/", "/v1/redemptions", "/verify", "/check")
# What is read by programs holds nothing that could be run, so little needs forbidding; the rest
# above speaks to documents alone (OWASP, REST Security Cheat Sheet).
_OF_DATA = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": SECURITY["X-Content-Type-Options"],
    "Cross-Origin-Resource-Policy": SECURITY["Cross-Origin-Resource-Policy"],
}
_DATA = (b"application/json", b"application/problem+json", b"application/x-ndjson")
_TWO_YEARS = "max-age=63072000; includeSubDomains; preload"


class SecurityHeaders:
    """`https` says that the service is reached by HTTPS, and shall stay so.

    What an answer says of itself stands: only what it lacks is added.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        always = {"Strict-Transport-Security": _TWO_YEARS} if https else {}
        private = always | {"X-Robots-Tag": "noindex"}
        self._public, self._private = _Sets.of(always), _Sets.of(private)
        self._pages = {path: _Sets.of(private | of_page) for path, of_page in _OF_PAGE.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ours = self._of(scope["path"])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                theirs = message.get("headers", ())
                said = dict(theirs)
                is_data = said.get(b"content-type", b"").startswith(_DATA)
                added = ours.data if is_data else ours.document
                message["headers"] = [*theirs, *[each for each in added if each[0] not in said]]
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _of(self, path: str) -> "_Sets":
        alike = self._private if path.startswith(_PRIVATE) else self._public
        return self._pages.get(path, alike)


@dataclass(frozen=True, slots=True)
class _Sets:
    """Headers as ASGI has them, of documents and of data."""

    document: list[tuple[bytes, bytes]]
    data: list[tuple[bytes, bytes]]

    @classmethod
    def of(cls, own: dict[str, str]) -> Self:
        return cls(_raw(SECURITY | own), _raw(own | _OF_DATA))


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
