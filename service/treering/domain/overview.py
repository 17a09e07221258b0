"""What an operator sees at one look: the five numbers, the queue, and who does the work.

Facts of one moment, each from its own source; what could not be asked is None.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from treering.domain.reconciliation import Reconciled
from treering.domain.view import Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits in one state. `oldest` is when the first of it came there, None if empty."""

    state: str  # "redeemed" before any batch, then a batch's states
    batches: int
    records: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A batch that waits for a person, and why."""

    batch: int
    lot: str
    first_serial: int
    count: int
    reason: str
    sealed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Minter:
    """A programme's minter: `balance` in wei, `nonce` the next one that the chain expects,
    `fault` what keeps it from minting, with its code."""

    programme: str
    address: str | None
    balance: int | None
    nonce: int | None
    in_flight: int
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeNow:
    """A node by its host alone; `fault` says why it was not asked to the end."""

    name: str
    head: int | None = None
    head_at: datetime | None = None
    final: int | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorNow:
    """The registry's log as we hold it; None for both before its first synchronisation."""

    feed: str
    entries: int | None
    age: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What a worker warned of, `times` between `first_at` and `last_at`; the last reason."""

    event: str
    code: str
    batch: int | None
    level: str
    why: str
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    counts: tuple[Counts, ...]
    queue: tuple[Waiting, ...]
    stopped: tuple[Stopped, ...]
    minters: tuple[Minter, ...]
    nodes: tuple[NodeNow, ...]
    mirror: MirrorNow | None
    alarms: tuple[Alarm, ...]
    as_of: datetime
    reconciled: Reconciled | None = None

    def age_of(self, waiting: Waiting) -> timedelta | None:
        return max(self.as_of - waiting.oldest, timedelta()) if waiting.oldest else None
