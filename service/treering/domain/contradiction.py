"""What speaks against a registry's log: a contradiction that it signed, a dispute between two
sources, and how each source stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from treering.domain.fulfilment import Entry
from treering.domain.record import MOST_LOTS, LotId, lot_of
from treering.errors import EntryRefused


class Kind(StrEnum):
    HEADS = "heads"  # the two signed notes alone cannot both be true
    REWRITTEN = "rewritten"  # the later head's tree begins otherwise than the earlier head says


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two heads that one log signed. `proof` (hashes) leads to the offered root from another
    beginning than the held root; `index` is the first entry that differs, with both its raw
    versions and their paths, where they could be fetched. None where they could not."""

    feed: str
    kind: Kind
    why: str
    held_note: str
    held_size: int
    offered_note: str
    offered_size: int
    proof: tuple[bytes, ...] | None = None
    index: int | None = None
    held_raw: bytes | None = None
    offered_raw: bytes | None = None
    held_path: tuple[bytes, ...] = ()
    offered_path: tuple[bytes, ...] = ()
    lots: tuple[LotId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A contradiction as it is kept; `settled_because` is a person's word that ended it."""

    id: int
    contradiction: Contradiction
    found_at: datetime
    seen_at: datetime
    settled_at: datetime | None
    settled_because: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A certificate (32-byte commitment) of which two sources say different things; a side is
    None where that source has no such certificate and its head is late enough to know."""

    feed: str
    other: str
    certificate: bytes
    raw: bytes | None
    other_raw: bytes | None
    found_at: datetime
    seen_at: datetime


class State(StrEnum):
    GOOD = "good"
    SILENT = "silent"  # it could not be reached
    REFUSED = "refused"  # it broke the protocol
    CONTRADICTED = "contradicted"  # it signed what cannot both be true
    BEHIND = "behind"  # of the ledger: our mirror holds less than it has a head of
    DAMAGED = "damaged"  # of the ledger: our mirror does not come to the head that it has


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the last look at a source ended, and since when looks have ended so."""

    feed: str
    state: State
    code: str
    why: str
    since: datetime
    looked_at: datetime
    good_at: datetime | None


def lots_named(raws: Iterable[bytes]) -> tuple[LotId, ...]:
    """The lots whose trees these entries name, as far as they may be ours; what is no entry
    names none."""
    lots: set[LotId] = set()
    for raw in raws:
        try:
            lots.update(lot_of(tree) for tree in Entry.read(0, raw).trees)
        except EntryRefused:
            continue
    return tuple(sorted(lot for lot in lots if lot < MOST_LOTS))


def first_difference(ours: Sequence[bytes], theirs: Sequence[bytes]) -> int | None:
    """The first place where two lists of the same length differ."""
    pairs = enumerate(zip(ours, theirs, strict=True))
    return next((i for i, (left, right) in pairs if left != right), None)
