"""Follow the registry's log: verify everything, then keep all of it or nothing.

1. Nobody else synchronises this feed.
2. The head is signed by the registry's key, not from the future, and can follow ours.
3. The registry proves that its log still begins with the entries that we hold.
4. Every new entry can follow those before it.
5. All entries together hash to the root that the registry signed.
6. Commit. Whatever fails on the way leaves the last good state as it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from treering.domain.fulfilment import Entry, Interconnection
from treering.domain.record import TreeId
from treering.domain.registry_head import HeldHead, TreeHead, check_clock, check_succession
from treering.domain.registry_log import Frontier, proves_growth
from treering.errors import EntryRefused, RegistryRefused, RegistryUnavailable
from treering.failpoint import reached
from treering.registry.feed import PAGE, Feed
from treering.store.mirror import Mirror

Clock = Callable[[], datetime]

MOST_NEW_ENTRIES = 2_000_000  # in one synchronisation: what its time allows, twice over
LONGEST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one synchronisation came to; `added` new entries."""

    held: HeldHead
    added: int


@dataclass(frozen=True, slots=True)
class MirrorStatus:
    """The last good state; `age` is how long ago the registry signed it."""

    held: HeldHead
    age: timedelta


def sync(
    engine: Engine, feed: Feed, clock: Clock, *, most_new: int = MOST_NEW_ENTRIES
) -> SyncReport:
    """Bring our mirror of `feed` up to its newest head.

    Raises RegistryUnavailable or RegistryRefused; then nothing has changed.
    """
    with engine.begin() as connection:
        mirror = Mirror(connection, feed.name)
        mirror.lock()  # (1)
        started = clock()
        frontier = mirror.frontier()
        offered = feed.head()
        _check_head(offered, mirror.held(), started)  # (2)
        added = offered.size - frontier.size
        if added > most_new:
            raise RegistryRefused(f"{added} new entries at once; at most {most_new} are taken")
        _check_growth(feed, frontier, offered)  # (3)
        while frontier.size < offered.size:
            frontier = _take_page(mirror, feed, frontier, offered)  # (4)
            reached("mirror.page_applied_before_cursor")
            if clock() - started > LONGEST:
                raise RegistryUnavailable(f"{frontier.size} entries took longer than {LONGEST}")
        if frontier.root != offered.root:  # (5)
            raise RegistryRefused(f"the {offered.size} entries do not hash to the signed root")
        held = HeldHead(offered, clock())
        mirror.keep_head(offered, frontier, held.fetched_at)  # (6)
    return SyncReport(held, added)


def status(engine: Engine, feed: str, clock: Clock) -> MirrorStatus | None:
    """The mirror of the log with this origin; None before its first synchronisation."""
    with engine.connect() as connection:
        held = Mirror(connection, feed).held()
    return MirrorStatus(held, held.age(clock())) if held else None


def interconnection(connection: Connection, feed: str, tree: TreeId) -> Interconnection | None:
    """What the mirror says of a tree; None if there is no mirror to ask yet."""
    return Mirror(connection, feed).interconnection(tree)


def _check_head(offered: TreeHead, held: HeldHead | None, now: datetime) -> None:
    check_clock(offered, now)
    if held is not None:
        check_succession(held.head, offered)


def _check_growth(feed: Feed, ours: Frontier, offered: TreeHead) -> None:
    if not 0 < ours.size < offered.size:
        return  # nothing held, or the same size, whose root step 5 compares
    proof = feed.growth(ours.size, offered.size)
    sizes = {"old": (ours.size, ours.root), "new": (offered.size, offered.root)}
    if not proves_growth(proof, **sizes):
        raise RegistryRefused(
            f"the registry cannot prove that its {offered.size} entries begin with our {ours.size}"
        )


def _take_page(mirror: Mirror, feed: Feed, frontier: Frontier, offered: TreeHead) -> Frontier:
    first = frontier.size
    raws = feed.entries(first, min(first + PAGE, offered.size))
    entries = [Entry.read(index, raw) for index, raw in enumerate(raws, first)]
    register = mirror.register(entries)
    known = set(register.fulfilments)
    for index, entry in enumerate(entries, first):
        if entry.at > offered.time:
            raise EntryRefused(f"entry {index} is dated {entry.at}, after the head that holds it")
        register.take(register.judge(index, entry))
    mirror.append(first, list(zip(raws, entries, strict=True)))
    named = {entry.certificate for entry in entries}
    mirror.write([register.fulfilments[certificate] for certificate in named], known)
    return frontier.appended(raws)
