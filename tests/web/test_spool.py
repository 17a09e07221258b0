"""Answers that wait for a client who does not read yet."""

import asyncio
from threading import Thread

from treering.web import spool
from treering.web.spool import Spool

PIECE = b"x" * 100_000


def test_all_that_was_written_is_read_in_order_and_what_was_read_is_not_kept():
    async def read_all() -> tuple[list[bytes], int]:
        with Spool() as waiting:
            for i in range(30):
                waiting.write(bytes([i]) + PIECE)
            pieces = [await waiting.read() for _ in range(46)]  # and nothing is left of it
            held = waiting._file.seek(0, 2)
            thread = Thread(target=lambda: (waiting.write(b"last"), waiting.end()))
            thread.start()
            while piece := await waiting.read():
                pieces.append(piece)
            thread.join()
        return pieces, held

    pieces, held = asyncio.run(read_all())
    written = b"".join(bytes([i]) + PIECE for i in range(30)) + b"last"
    assert b"".join(pieces) == written
    assert held == 0
    assert all(len(piece) <= spool._PIECE for piece in pieces)


def test_one_who_wrote_nothing_is_not_waited_for():
    async def read() -> bytes:
        with Spool() as waiting:
            Thread(target=waiting.end).start()
            return await waiting.read()

    assert asyncio.run(read()) == b""
