"""Head and body of an answer in one packet: uvicorn writes them one after the other, and each
write costs the kernel, the network and whoever reads as much as both together would.
"""

import asyncio

_MUCH = 65_536  # bytes: with more than that whoever writes must hear of a slow reader


class Joined:
    """A transport whose small writes of one turn of the loop go out as one; else the transport
    that it was made of."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._waiting = b""

    def write(self, data: bytes) -> None:
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting += data
        if len(self._waiting) > _MUCH:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._waiting:
            waiting, self._waiting = self._waiting, b""
            self._transport.write(waiting)

    def __getattr__(self, name: str) -> object:
        return getattr(self._transport, name)
