"""A node for pages: after a time-out it is left in peace for a moment.

Whoever has several questions then waits for one time-out and not for their sum, and a frozen
node does not hold every thread of the service.
"""

import time
from typing import Any

import httpx

from treering.chain.node import Node
from treering.errors import ChainUnavailable


class QuietNode(Node):
    """`quiet_seconds` is longer than a page takes to come to its next question."""

    def __init__(
        self, url: str, *, timeout_seconds: float = 5.0, quiet_seconds: float = 2.0
    ) -> None:
        super().__init__(url, timeout_seconds=timeout_seconds)
        self._quiet_seconds = quiet_seconds
        self._quiet_until = 0.0

    def call(self, method: str, *params: object) -> Any:
        if time.monotonic() < self._quiet_until:
            raise ChainUnavailable(f"{method}: the node did not answer a moment ago")
        try:
            return super().call(method, *params)
        except ChainUnavailable as error:
            if isinstance(error.__cause__, httpx.TimeoutException):
                self._quiet_until = time.monotonic() + self._quiet_seconds
            raise
