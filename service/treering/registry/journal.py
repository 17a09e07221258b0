"""The synthetic twin's books: one append-only file, on disk before anything is answered.

A line holds a log entry, its bytes as hashed, and beside it what the log must not tell: the
certificate's number and the application that it was issued for. An application and its entry
are one write, so no crash can leave one without the other.
"""

import fcntl
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from treering.domain.fulfilment import Entry, Event, Fulfilment
from treering.domain.register import Register
from treering.domain.registry_log import LogTree
from treering.errors import EntryRefused, JournalUnusable


class Issued(msgspec.Struct, frozen=True):
    """An application that was granted. `fingerprint` is its content's SHA-256 in hex."""

    application: str
    fingerprint: str
    number: str


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    entry: msgspec.Raw
    issued: Issued | None = None


class Journal:
    """The log and what belongs to it, in memory as on disk; one process at a time.

    `cut_bytes` is the length of the torn last line that a crash left and opening removed.
    Raises JournalUnusable.
    """

    def __init__(self, folder: Path) -> None:
        self.register = Register()
        self.tree = LogTree()
        self.raws: list[bytes] = []
        self.granted: dict[str, tuple[int, Issued]] = {}  # by application; with the entry's index
        self.issued: Counter[tuple[int, str]] = Counter()  # ever, by year and adcode
        self._file = _opened(folder)
        self.cut_bytes = _cut_torn_line(self._file)
        for index, line in enumerate(_lines(self._file)):
            self._read(index, line)
        self._length = self._file.tell()

    def append(self, entry: Entry, issued: Issued | None = None) -> Fulfilment:
        """Judge the entry, write it to disk, then let it be seen; EntryRefused if it cannot be."""
        fulfilment = self.register.judge(len(self.raws), entry)
        line = msgspec.json.encode(_Line(msgspec.Raw(entry.raw), issued)) + b"\n"
        self._length = _write(self._file, self._length, line)
        self._keep(fulfilment, entry.raw, issued)
        return fulfilment

    def close(self) -> None:
        self._file.close()

    def _read(self, index: int, text: bytes) -> None:
        try:
            line = msgspec.json.decode(text, type=_Line)
            raw = bytes(line.entry)
            fulfilment = self.register.judge(index, Entry.read(index, raw))
        except (EntryRefused, ValueError) as error:
            raise JournalUnusable(f"line {index + 1} of the journal: {error}") from error
        self._keep(fulfilment, raw, line.issued)

    def _keep(self, fulfilment: Fulfilment, raw: bytes, issued: Issued | None) -> None:
        self.register.take(fulfilment)
        self.tree.append(raw)
        self.raws.append(raw)
        if fulfilment.entry.event is Event.ISSUED:
            self.issued[fulfilment.entry.year, fulfilment.entry.adcode] += 1
        if issued is not None:
            self.granted[issued.application] = fulfilment.index, issued


def _opened(folder: Path) -> BinaryIO:
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / "journal.ndjson").open("a+b", buffering=0)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise JournalUnusable(f"another process runs the twin in {folder}") from error
    _sync_folder(folder)
    return file


def _sync_folder(folder: Path) -> None:
    """So that the file's name survives a crash too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cut_torn_line(file: BinaryIO) -> int:
    file.seek(0)
    length = whole = 0
    for line in file:
        length += len(line)
        if line.endswith(b"\n"):
            whole = length
    if length > whole:
        file.truncate(whole)
        os.fsync(file.fileno())
    return length - whole


def _lines(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    for line in file:
        yield line[:-1]


def _write(file: BinaryIO, length: int, line: bytes) -> int:
    """All of the line on disk, or none of it in the file; the new length."""
    if file.seek(0, os.SEEK_END) != length:
        raise JournalUnusable("the journal is not as we left it; start the twin again")
    try:
        if file.write(line) != len(line):
            raise OSError(f"only a part of {len(line)} bytes fitted")
        os.fsync(file.fileno())
    except OSError as error:
        file.truncate(length)
        raise JournalUnusable(f"the entry could not be written: {error}") from error
    return length + len(line)
