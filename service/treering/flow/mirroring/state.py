"""What the mirror says, now or on any earlier day, and whether one may lean on it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from treering.domain import fulfilment
from treering.domain.contradiction import Dispute, Kept, Standing, State
from treering.domain.fulfilment import Interconnection
from treering.domain.record import TreeId, lot_of
from treering.domain.registry_head import HeldHead
from treering.errors import MirrorContradicted, MirrorStale
from treering.store import contradictions, disputes
from treering.store.mirror import Mirror

Clock = Callable[[], datetime]

MAX_AGE = fulfilment.MAX_AGE


@dataclass(frozen=True, slots=True)
class MirrorStatus:
    """The last good state; `age` is how long before that moment the registry signed it."""

    held: HeldHead
    age: timedelta

    @property
    def stale(self) -> bool:
        """Too old to lean on."""
        return self.age > MAX_AGE


@dataclass(frozen=True, slots=True)
class Spoken:
    """All that speaks for or against the sources: how each stands, what nobody settled yet."""

    sources: tuple[Standing, ...]
    contradictions: tuple[Kept, ...]
    disputes: tuple[Dispute, ...]


def status(engine: Engine, feed: str, clock: Clock) -> MirrorStatus | None:
    """The mirror of the log with this origin; None before its first synchronisation."""
    with engine.connect() as connection:
        held = Mirror(connection, feed).held()
    return MirrorStatus(held, held.age(clock())) if held else None


def status_at(engine: Engine, feed: str, moment: datetime) -> MirrorStatus | None:
    """As of that moment; None if we know of no head so old."""
    with engine.connect() as connection:
        held = Mirror(connection, feed).held_at(moment)
    return MirrorStatus(held, held.age(moment)) if held else None


def spoken(engine: Engine) -> Spoken:
    with engine.connect() as connection:
        kept = contradictions.contradictions(connection)
        return Spoken(
            tuple(contradictions.sources(connection)),
            tuple(kept),
            tuple(disputes.disputes(connection)),
        )


def interconnection(connection: Connection, feed: str, tree: TreeId) -> Interconnection | None:
    """What the mirror says of a tree, and why it may not be leaned on, if so; None if there is
    no mirror to ask yet."""
    found = Mirror(connection, feed).interconnection(tree)
    if found is None:
        return None
    return replace(found, doubt=_doubt(connection, found), behind=behind(connection, feed))


def interconnection_at(
    connection: Connection, feed: str, tree: TreeId, moment: datetime
) -> Interconnection | None:
    """What it said at that moment; None if we know of no head so old."""
    return Mirror(connection, feed).interconnection_at(tree, moment)


def insist(connection: Connection, feed: str, trees: Iterable[TreeId], now: datetime) -> None:
    """MirrorStale or MirrorContradicted, unless one may lean on what the mirror says of these
    trees: before any of them is used up for a fulfilment certificate."""
    for tree in trees:
        found = interconnection(connection, feed, tree)
        if found is None:
            raise MirrorStale(f"nothing of {feed} is held yet")
        if found.age(now) > MAX_AGE:
            raise MirrorStale(f"{feed} was signed {found.age(now)} ago; {MAX_AGE} are tolerated")
        if found.doubt:
            raise MirrorContradicted(found.doubt)
        if found.behind:
            raise MirrorStale(found.behind)


def disputed(connection: Connection, feed: str, trees: Iterable[TreeId]) -> bool:
    """Whether nobody may lean on what the mirror says of one of these."""
    said = (interconnection(connection, feed, tree) for tree in trees)
    return any(found is not None and (found.doubt or found.behind) for found in said)


def on_ledger(feed: str) -> str:
    """What we anchored of a log, as one of its sources."""
    return f"{feed} on the ledger"


def behind(connection: Connection, feed: str) -> str | None:
    """Why our mirror is not what the ledger holds the head of; None if it is, or more."""
    found = contradictions.source(connection, on_ledger(feed))
    return found.why if found and found.state is not State.GOOD else None


def _doubt(connection: Connection, found: Interconnection) -> str | None:
    if lot_of(found.tree) in contradictions.blocked_lots(connection):
        return "the registry contradicted itself about this lot"
    if dispute := disputes.about(connection, found.tree):
        return f"{dispute.feed} and {dispute.other} say different things of its certificate"
    return None
