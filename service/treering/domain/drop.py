"""A drop: a file of fulfilment certificates as registries really give them, row by row, and the
log entries that it comes to.

A row names a certificate by its number, or by the commitment that stands for it elsewhere. A
number never enters the log: it is committed to with a salt that only we can make again.
"""

import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

import msgspec

from treering.domain.fulfilment import (
    Adcode,
    Commitment,
    Entry,
    Event,
    Form,
    Number,
    Trees,
    Year,
    commitment,
)
from treering.domain.record import TreeId
from treering.domain.register import Register
from treering.errors import DropRefused, EntryRefused, TreeUsedTwice

MOST_TURNS = 16  # in which rows wait for each other: a hostile file could make it one a row
ORIGIN = "kept-by-treering/"  # how a log of ours is told apart from a registry's own


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file says of one certificate; exactly one of `number` and `certificate`."""

    year: Year
    adcode: Adcode
    form: Form
    active: bool
    number: Number | None = None
    certificate: Commitment | None = None
    trees: Trees = ()

    def entry(self, feed: str, secret: bytes, at: datetime) -> Entry:
        """As it would be issued; ValueError unless it is named in one way."""
        if (self.number is None) == (self.certificate is None):
            raise ValueError("a row has a number or a commitment")
        return Entry(
            event=Event.ISSUED,
            certificate=_committed(self, feed, secret),
            year=self.year,
            adcode=self.adcode,
            form=self.form,
            trees=tuple(sorted(TreeId(int(tree, 16)) for tree in self.trees)),
            at=at,
            synthetic=False,
        )


@dataclass(frozen=True, slots=True)
class Said:
    """A row, its line in the file (from 1), and the entry that it would be."""

    line: int
    row: Row
    entry: Entry


@dataclass(frozen=True, slots=True)
class Left:
    """A row that was left out, by its line in the file, and why; all others were taken."""

    line: int
    why: str


def read(rows: Iterable[tuple[int, Row]], feed: str, secret: bytes, at: datetime) -> list[Said]:
    """Each certificate once; DropRefused where two rows say different things of one."""
    found: dict[bytes, Said] = {}
    for line, row in rows:
        try:
            said = Said(line, row, row.entry(feed, secret, at))
        except ValueError as error:
            raise DropRefused(f"row {line}: {error}") from error
        before = found.setdefault(said.entry.certificate, said)
        if (before.entry, before.row.active) != (said.entry, row.active):
            raise DropRefused(f"rows {before.line} and {line} say different things of one")
    return list(found.values())


def entries(
    said: Iterable[Said], register: Register, first: int, left: list[Left]
) -> Iterator[Entry]:
    """What is new, from index `first` on, taken into the register; DropRefused.

    In the order of the file, but for a row that waits for another to give back its tree: a file
    says how all stands in the end, not what came first. What was withdrawn before we heard of it,
    and whose tree stands in another certificate since, can stand in no log after that one: it is
    left out, and told in `left`.
    """
    index, turns, waiting = first, 0, _ordered(list(said), register)
    while waiting:
        turns += 1
        later: list[tuple[Said, TreeUsedTwice]] = []
        for one in waiting:
            try:
                for entry in _steps(one, register):
                    register.take(register.judge(index, entry))
                    yield entry
                    index += 1
            except TreeUsedTwice as error:  # by its first step: nothing of it was taken
                later.append((one, error))
            except EntryRefused as error:
                raise DropRefused(f"row {one.line}: {error}") from error
        if len(later) == len(waiting) or (later and turns == MOST_TURNS):
            left += _left_out(later, register)
            return
        waiting = [one for one, _ in reversed(later)]  # what waits for the next waits no more


def _ordered(said: list[Said], register: Register) -> list[Said]:
    """Those first that were withdrawn before we heard of them, and whose tree an earlier row has
    used again since."""
    used: set[TreeId] = set()
    early: list[Said] = []
    rest: list[Said] = []
    for one in said:
        unseen = not one.row.active and one.entry.certificate not in register.fulfilments
        (early if unseen and used.intersection(one.entry.trees) else rest).append(one)
        used.update(one.entry.trees if one.row.active else ())
    return early + rest


def _left_out(stuck: Sequence[tuple[Said, TreeUsedTwice]], register: Register) -> list[Left]:
    """DropRefused where a row that is active cannot stand, or one of which we hold more."""
    for one, used in stuck:
        if one.row.active or one.entry.certificate in register.fulfilments:
            raise DropRefused(f"row {one.line}: {used}") from used
    return sorted((Left(one.line, str(used)) for one, used in stuck), key=lambda each: each.line)


def _steps(one: Said, register: Register) -> Iterator[Entry]:
    """A withdrawal repeats what was stated; one of what we never saw comes after its issue."""
    held = register.fulfilments.get(one.entry.certificate)
    if held is None:
        yield one.entry
        if not one.row.active:
            yield replace(one.entry, event=Event.WITHDRAWN)
    elif not held.active:
        if one.row.active:
            raise DropRefused(f"row {one.line} is active again, which was withdrawn for good")
    elif not one.row.active:
        yield replace(held.entry, event=Event.WITHDRAWN, at=one.entry.at)
    elif held.entry.stated != one.entry.stated:
        yield replace(one.entry, event=Event.CORRECTED)


def _committed(row: Row, feed: str, secret: bytes) -> bytes:
    if row.certificate is not None:
        return bytes.fromhex(row.certificate)
    assert row.number is not None, "checked by entry"
    salt = hmac.digest(secret, f"treering/drop/v1 {feed} {row.number}".encode(), sha256)
    return commitment(salt, row.number)
