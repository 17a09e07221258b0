"""Sheets made by a process of its own: lines are read on one core, while rows go in on another.

`main` is that process. The file is its standard input; what it is to do comes first, by a pipe
of its own, for the vault's key is in it. It answers with frames, as sealing's hands do, and
ends when nobody takes them any more.
"""

import pickle
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import msgspec

from treering.errors import CannotStart
from treering.flow.minting.hasher import receive, send
from treering.flow.redeeming.ahead import Hand
from treering.flow.redeeming.sheet import Demand, Reader, Sheet
from treering.intake.formats import Format, of_file
from treering.store.clock import DatabaseClock
from treering.store.engine import engine
from treering.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Task:
    """`key` is the vault's."""

    database_url: str
    key: bytes
    programme: str
    former: bool
    kind: Format


class Frame(msgspec.Struct, array_like=True, gc=False):
    """A sheet: `rest` holds, pickled, all of it but its demands and boxes, which are most of it;
    or the fault that ended the reading, or None at the file's end."""

    rest: bytes
    demands: dict[int, Demand] = {}
    boxes: dict[bytes, bytes] = {}


def sheets_of(task: Task, hand: Hand) -> Iterator[Sheet]:
    """As `Reader.sheets` in this process; its faults are raised here."""
    with suppress(OSError), hand.orders:
        send(hand.orders, task)
    while sheet := _received(hand.sheets):
        yield sheet


def _received(pipe: IO[bytes]) -> Sheet | None:
    content = receive(pipe)
    if content is None:
        raise CannotStart("the process that reads the file has ended: load it again")
    frame = msgspec.msgpack.decode(content, type=Frame)
    rest = pickle.loads(frame.rest)  # noqa: S301 - from our own process
    if isinstance(rest, Exception):
        raise rest
    if isinstance(rest, Sheet):
        rest.asked.update(frame.demands)
        rest.boxes.update(frame.boxes)
        return rest if len(rest.asked) == len(frame.demands) else _in_order(rest)
    return None


def _in_order(sheet: Sheet) -> Sheet:
    lines = sorted(sheet.asked.items())
    sheet.asked.clear()
    sheet.asked.update(lines)
    return sheet


def _sent(pipe: IO[bytes], sheet: Sheet) -> None:
    demands = {line: d for line, d in sheet.asked.items() if isinstance(d, Demand)}
    others = {line: asked for line, asked in sheet.asked.items() if line not in demands}
    rest = replace(sheet, asked=others, boxes={})
    send(pipe, Frame(pickle.dumps(rest), demands, sheet.boxes))


def answer(task: Task, file: IO[bytes], pipe: IO[bytes]) -> None:
    """Read the file, and send its sheets; OSError if nobody takes them."""
    books = engine(task.database_url)
    reader = Reader(books, Vault(task.key), DatabaseClock(books), task.programme, task.former)
    try:
        for sheet in reader.sheets(of_file(task.kind, file)):
            _sent(pipe, sheet)
        send(pipe, Frame(pickle.dumps(None)))
    except BrokenPipeError:
        raise
    except Exception as fault:
        send(pipe, Frame(pickle.dumps(fault)))
    finally:
        books.dispose()


def main() -> None:
    """Of a process of its own."""
    for number in (signal.SIGTERM, signal.SIGINT):  # it ends with whoever began it
        signal.signal(number, signal.SIG_IGN)
    with Path(f"/dev/fd/{sys.argv[1]}").open("rb") as pipe:
        order = receive(pipe)
    if order is not None:  # else whoever began it had nothing to read after all
        with suppress(BrokenPipeError):
            task = msgspec.msgpack.decode(order, type=Task)
            answer(task, sys.stdin.buffer, sys.stdout.buffer)
