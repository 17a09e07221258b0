"""A node that is left in peace for a moment after a time-out, or when it asks for it.

Whoever has several questions then waits for one time-out and not for their sum, and a frozen
node does not hold every thread of the service.
"""

import time
from typing import Any

import httpx

from treering.chain.node import Node
from treering.errors import ChainUnavailable

_LONGEST_SECONDS = 60.0  # whatever the node asks for


class QuietNode(Node):
    """`quiet_seconds` is longer than a page takes to come to its next question."""

    def __init__(
        self, url: str, *, timeout_seconds: float = 5.0, quiet_seconds: float = 2.0
    ) -> None:
        super().__init__(url, timeout_seconds=timeout_seconds)
        self._quiet_seconds = quiet_seconds
        self._quiet_until = 0.0

    def _post(self, method: str, body: object) -> Any:
        if time.monotonic() < self._quiet_until:
            raise ChainUnavailable(f"{method}: the node did not answer a moment ago")
        try:
            return super()._post(method, body)
        except ChainUnavailable as error:
            self._quiet_until = time.monotonic() + self._pause(error.__cause__)
            raise

    def _pause(self, cause: BaseException | None) -> float:
        """How long to leave the node in peace, in seconds."""
        if isinstance(cause, httpx.TimeoutException):
            return self._quiet_seconds
        if isinstance(cause, httpx.HTTPStatusError):
            asked = cause.response.headers.get("retry-after", "")
            return min(float(asked), _LONGEST_SECONDS) if asked.isdecimal() else 0.0
        return 0.0
