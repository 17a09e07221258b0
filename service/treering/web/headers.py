"""Headers that keep a page to itself: nothing foreign is loaded, framed, guessed or indexed."""

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
_TWO_YEARS = "max-age=63072000; includeSubDomains; preload"


class SecurityHeaders:
    """`https` says that the service is reached by HTTPS, and shall stay so.

    What an answer says of itself stands: only what it lacks is added.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        told = SECURITY | ({"Strict-Transport-Security": _TWO_YEARS} if https else {})
        private = told | {"X-Robots-Tag": "noindex"}
        self._public, self._private = _raw(told), _raw(private)
        self._pages = {path: _raw(private | of_page) for path, of_page in _OF_PAGE.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ours = self._of(scope["path"])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                theirs = message.get("headers", ())
                names = {name for name, _ in theirs}
                message["headers"] = [*theirs, *(each for each in ours if each[0] not in names)]
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _of(self, path: str) -> list[tuple[bytes, bytes]]:
        alike = self._private if path.startswith(_PRIVATE) else self._public
        return self._pages.get(path, alike)


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """As ASGI has them."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
