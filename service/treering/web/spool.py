"""Bytes on their way from a thread to a client who may not read before he has sent all."""

import asyncio
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import Self

_IN_MEMORY = 1 << 20
_PIECE = 1 << 16


class Spool:
    """Written by a thread, read by the loop that made it; what waits beyond 1 MB is on disk."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by exit
        self._lock = Lock()
        self._news = asyncio.Event()
        self._read = 0
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, piece: bytes) -> None:
        with self._lock:
            self._file.seek(0, 2)
            self._file.write(piece)
        self._loop.call_soon_threadsafe(self._news.set)

    def end(self) -> None:
        self._ended = True
        self._loop.call_soon_threadsafe(self._news.set)

    async def read(self) -> bytes:
        """The next piece, once there is one; b"" after the last."""
        while True:
            ended = self._ended  # before looking, or the last piece could be missed
            self._news.clear()
            with self._lock:
                piece = self._next()
            if piece or ended:
                return piece
            await self._news.wait()

    def _next(self) -> bytes:
        self._file.seek(self._read)
        piece = self._file.read(_PIECE)
        self._read += len(piece)
        if self._read > _IN_MEMORY and self._read == self._file.seek(0, 2):
            self._file.seek(0)
            self._file.truncate()
            self._read = 0
        return piece
