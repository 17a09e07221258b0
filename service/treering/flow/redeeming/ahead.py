"""The process that reads a file's lines, begun before anybody can tell it what to do.

To start takes it as long as whoever needs it; nothing heavy is imported here, so that the two
start side by side. It is told its task by a pipe of its own, and ends without one.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import UnsupportedOperation
from typing import IO

_COMMAND = (sys.executable, "-c", "from treering.flow.redeeming.apart import main; main()")
_WORTH = 8 << 20  # bytes: less is read before such a process has begun


@dataclass(frozen=True, slots=True)
class Hand:
    """`orders` takes its task, `sheets` brings what it made of the lines."""

    orders: IO[bytes]
    sheets: IO[bytes]


@contextmanager
def begun(file: IO[bytes]) -> Iterator[Hand | None]:
    """It ends with the context. None where it would gain nothing."""
    if not is_worth_it(file):
        yield None
        return
    reading, writing = os.pipe()
    with (
        open(writing, "wb") as orders,  # noqa: PTH123 - a descriptor
        subprocess.Popen(  # noqa: S603 - our own code
            (*_COMMAND, str(reading)),
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(reading,),
        ) as process,
    ):
        os.close(reading)
        assert process.stdout, "a pipe"
        try:
            yield Hand(orders, process.stdout)
        finally:
            process.kill()


def is_worth_it(file: IO[bytes]) -> bool:
    """Whether a process of its own gains anything: for a long file, and one of unknown length."""
    try:
        number = file.fileno()
    except UnsupportedOperation:  # it is in memory
        return False
    size = os.fstat(number).st_size if file.seekable() else _WORTH
    return size >= _WORTH and (os.cpu_count() or 1) > 1
