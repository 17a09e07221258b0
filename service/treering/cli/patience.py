"""A connection that sends a byte now and then is not waited for: uvicorn would, for ever.

The head of a request must come within HEAD_SECONDS of the connection, or of the first byte
after an earlier answer; the body is timed by `web/body_limit`, which is told of one that came
with its head. A connection for which there is no room is marked as such for the application,
and waited for a second only.
"""

import asyncio
import sys

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from treering.cli.joined import Joined

HEAD_SECONDS = 10.0
CROWDED_SECONDS = 1.0


class PatientProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """uvicorn's own protocol, with an end to its patience; `room` is for so many connections."""

    room = sys.maxsize
    _patience = HEAD_SECONDS
    _ends: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(Joined(transport, self.loop))
        if len(self.connections) > self.room:
            self._patience = CROWDED_SECONDS
            self.app_state: dict[str, object] = {**self.app_state, "crowded": True}
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait_no_more()  # a head is whole
            if not self.cycle.more_body:  # and so is its body: nothing is left to be timed
                self.scope["state"]["whole"] = len(self.cycle.body)
        elif self._ends is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._ends = self.loop.call_later(self._patience, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._ends is not None:
            self._ends.cancel()
            self._ends = None
