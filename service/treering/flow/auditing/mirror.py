"""A registry's log beside the recount: its root where the chain anchored it, and its trees.

Every entry is read again and hashed (RFC 6962). The log must hold the head that was anchored for
its origin: one that is shorter, or of which nothing was anchored, has nobody who vouches for it.
A record that the chain calls claimed must be listed by that very certificate, and the other way
round.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from treering.domain.fulfilment import Entry, Event
from treering.domain.record import TreeId
from treering.domain.recount.books import NOTHING, Books
from treering.domain.recount.difference import Code, Difference, of, of_record
from treering.domain.registry_head import TreeHead, feed_id
from treering.domain.registry_log import Frontier
from treering.flow.auditing.inputs import Compared
from treering.flow.auditing.report import Input

_PAGE = 1000  # entries, the most that the registry's protocol lets a page hold


class Log(Protocol):
    """What it raises says why it could not be read."""

    name: str

    def head(self) -> TreeHead: ...
    def entries(self, start: int, end: int) -> list[bytes]: ...


@dataclass(slots=True)
class _Reading:
    """`standing` gives the trees of each certificate that is not withdrawn."""

    anchored: tuple[int, bytes] | None
    frontier: Frontier = field(default_factory=Frontier)
    standing: dict[bytes, tuple[TreeId, ...]] = field(default_factory=dict)
    at_anchor: bytes | None = None

    def take(self, index: int, raw: bytes) -> None:
        self.frontier = self.frontier.appended([raw])
        if self.anchored and self.frontier.size == self.anchored[0]:
            self.at_anchor = self.frontier.root
        entry = Entry.read(index, raw)
        self.standing.pop(entry.certificate, None)
        if entry.event is not Event.WITHDRAWN:
            self.standing[entry.certificate] = entry.trees


def mirror(log: Log, books: Books) -> Compared:
    """EntryRefused, RegistryUnavailable or RegistryRefused where it cannot be read."""
    head, digest = log.head(), sha256()
    reading = _Reading(books.feeds.get(feed_id(log.name)))
    for start in range(0, head.size, _PAGE):
        for index, raw in enumerate(log.entries(start, min(start + _PAGE, head.size)), start):
            digest.update(len(raw).to_bytes(4, "big") + raw)
            reading.take(index, raw)
    found = [*_roots(log.name, head, reading), *_claims(books, reading)]
    compared = 1 + sum(map(len, reading.standing.values()))
    one = Input(kind="mirror", name=log.name, sha256=digest.digest(), compared=compared)
    return Compared(one, found)


def _roots(name: str, head: TreeHead, reading: _Reading) -> Iterator[Difference]:
    subject = f"feed {name}"
    if reading.frontier.root != head.root:
        yield of(Code.FEED_DIFFERS, subject, head.root, reading.frontier.root)
    if reading.anchored is None:
        yield of(Code.FEED_DIFFERS, subject, None, head.root)
    elif reading.at_anchor != reading.anchored[1]:
        yield of(Code.FEED_DIFFERS, subject, reading.anchored[1], reading.at_anchor)


def _claims(books: Books, reading: _Reading) -> Iterator[Difference]:
    listed = {tree: by for by, trees in reading.standing.items() for tree in trees}
    claimed = {tree: by for tree, by in books.records.claims.items() if by != NOTHING}
    for tree in sorted(listed.keys() | claimed.keys()):
        expected, found = listed.get(tree), claimed.get(tree)
        if expected != found:
            yield of_record(Code.FEED_DIFFERS, tree, expected, found)
