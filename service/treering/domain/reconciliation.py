"""A reconciliation: which world was compared, how much of it, and what that came to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from treering.domain.comparison.cases import CASES
from treering.domain.difference import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One final block, and one head of the registry's log where one is followed."""

    block: int
    block_hash: bytes
    block_time: datetime
    feed: str | None = None
    head_size: int | None = None
    head_root: bytes | None = None
    head_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much was compared; words, not trees."""

    lots: int
    batches: int
    records: int
    claims: int
    certificates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One reconciliation. `failure` says why it could not be made; then nothing else is known.

    `found` differences stand, of which `opened` are new; `resolved` stood before and are gone.
    """

    id: int
    started_at: datetime
    ended_at: datetime
    failure: str | None = None
    world: World | None = None
    scale: Scale | None = None
    found: int = 0
    opened: int = 0
    resolved: int = 0

    @property
    def is_made(self) -> bool:
        return self.failure is None


class Event(StrEnum):
    """What happened to a difference in a run."""

    OPENED = "opened"
    CHANGED = "changed"
    RESOLVED = "resolved"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An event in a difference's history, with what both sides said then."""

    run: int
    event: Event
    left: str
    right: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A difference as it is kept: by when it was seen, in how many `runs`, until when it stood.

    `opened_at` is when it last began, `first_seen` when it was seen for the first time ever.
    """

    id: UUID
    name: str
    subject: str
    left: str
    right: str
    count: int
    programme: str | None
    province: str | None
    opened_at: datetime
    first_seen: datetime
    last_seen: datetime
    resolved_at: datetime | None
    runs: int
    history: tuple[Turn, ...] = ()

    @property
    def case(self) -> Case:
        return CASES[self.name]

    def age(self, now: datetime) -> timedelta:
        """How long it has stood, or stood until it was resolved."""
        return max((self.resolved_at or now) - self.opened_at, timedelta())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which differences are asked for. `provinces` None means all of them; `is_open` None
    means both; `older_than` is about their age now."""

    kind: str | None = None
    programme: str | None = None
    province: str | None = None
    provinces: frozenset[str] | None = None
    is_open: bool | None = True
    older_than: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """How things stand: the last run that was made, the last one tried, what is open by kind."""

    made: Run | None
    tried: Run | None
    open: dict[str, int]
