"""Follow the registry's log: verify everything, then keep all of it or nothing.

1. Nobody else synchronises this feed.
2. The head is signed by the registry's key, not from the future, and can follow ours.
3. The log's tiles hash to the signed root, and begin with the entries that we hold.
4. Every bundle of new entries is the one under that head; it is staged, and committed at once,
   so that whoever dies here goes on from there.
5. Every new entry can follow those before it.
6. All entries together hash to the root that the registry signed.
7. Commit. Whatever fails on the way leaves the last good state as it was, and is told.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from treering.domain import tiles
from treering.domain.registry_head import HeldHead, TreeHead, check_clock, check_succession
from treering.domain.tiles import TileTree
from treering.errors import (
    RegistryContradicted,
    RegistryRefused,
    RegistryUnavailable,
)
from treering.failpoint import reached
from treering.flow.mirroring import accuse
from treering.flow.mirroring.entries import apply
from treering.registry.feed import Feed
from treering.store.mirror import Mirror
from treering.store.staged import Bundle, Staged

Clock = Callable[[], datetime]

MOST_NEW_ENTRIES = 2_000_000  # in one synchronisation: what its time allows, twice over
LONGEST = timedelta(minutes=10)
AT_ONCE = 32  # bundles that are staged in one transaction
_SECONDS = 15  # or as many as came by then: a slow registry is not begun with again and again


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one synchronisation came to; `added` new entries."""

    held: HeldHead
    added: int


def sync(
    engine: Engine, feed: Feed, clock: Clock, *, most_new: int = MOST_NEW_ENTRIES
) -> SyncReport:
    """Bring our mirror of `feed` up to its newest head.

    Raises RegistryUnavailable or RegistryRefused; then nothing has changed but what is told of
    the source. RegistryContradicted is kept with both heads.
    """
    try:
        report = _Look(engine, feed, clock).take(most_new)
    except (RegistryUnavailable, RegistryRefused) as error:
        accuse.tell(engine, feed.name, error, clock())
        raise
    accuse.tell(engine, feed.name, None, clock())
    return report


@dataclass(frozen=True, slots=True)
class _Look:
    engine: Engine
    feed: Feed
    clock: Clock

    def take(self, most_new: int) -> SyncReport:
        with self.engine.begin() as connection:
            mirror, staged = Mirror(connection, self.feed.name), Staged(connection, self.feed.name)
            mirror.lock()  # (1)
            started, held, frontier = self.clock(), mirror.held(), mirror.frontier()
            offered = self.feed.head()
            self._check_head(mirror, held, offered, started)  # (2)
            added = offered.size - frontier.size
            if added > most_new:
                raise RegistryRefused(f"{added} new entries at once; at most {most_new} are taken")
            if added:
                tree = TileTree(offered, self.feed.tile)
                self._check_growth(mirror, held, tree)  # (3)
                self._stage(mirror, staged, tree, started)  # (4)
                frontier = apply(connection, frontier, offered, staged)  # (5)
                reached("mirror.page_applied_before_cursor")
            if frontier.root != offered.root:  # (6)
                raise RegistryRefused(f"the {offered.size} entries do not hash to the signed root")
            now = HeldHead(offered, self.clock())
            mirror.keep_head(offered, frontier, now.fetched_at)  # (7)
            staged.clear()
        return SyncReport(now, added)

    def _check_head(
        self, mirror: Mirror, held: HeldHead | None, offered: TreeHead, now: datetime
    ) -> None:
        check_clock(offered, now)
        if held is None:
            return
        try:
            check_succession(held.head, offered)
        except RegistryContradicted as error:
            raise accuse.of_heads(error, mirror, held.head, offered, self.feed) from None

    def _check_growth(self, mirror: Mirror, held: HeldHead | None, tree: TileTree) -> None:
        if held is not None and tree.root(held.head.size) != held.head.root:
            raise accuse.of_rewriting(mirror, held.head, tree, self.feed)

    def _stage(self, mirror: Mirror, staged: Staged, tree: TileTree, started: datetime) -> None:
        """Each bundle that is not there yet, in transactions of its own; RegistryUnavailable
        when it takes too long: the next look goes on from there."""
        end, first = tree.head.size, mirror.frontier().size // tiles.WIDTH
        here = set(_still_true(staged, tree, first * tiles.WIDTH))
        wanted = (index for index in range(first, -(-end // tiles.WIDTH)) if index not in here)
        proven = self._proven(tree, wanted)
        while self._stage_some(proven):
            reached("mirror.staged")
            mirror.lock()  # it is still ours: a minute without a word would end it
            if self.clock() - started > LONGEST:
                raise RegistryUnavailable(f"{self.feed.name} took longer than {LONGEST}")

    def _stage_some(self, proven: Iterator[Bundle]) -> bool:
        """As many as come at once or within seconds, those too after which one does not come;
        whether there were any."""
        some: list[Bundle] = []
        until = time.monotonic() + _SECONDS
        try:
            for one in proven:
                some.append(one)
                if len(some) == AT_ONCE or time.monotonic() > until:
                    break
        finally:
            if some:
                with self.engine.begin() as apart:
                    Staged(apart, self.feed.name).add(some)
        return bool(some)

    def _proven(self, tree: TileTree, wanted: Iterator[int]) -> Iterator[Bundle]:
        for index in wanted:
            width = tiles.width(0, index, tree.head.size)
            raw = self.feed.bundle(index, width)
            try:
                tree.check_bundle(index, tiles.unpacked(raw))
            except RegistryRefused as error:
                raise error.because_of(tiles.path(None, index, width), raw) from None
            yield Bundle(index * tiles.WIDTH, width, raw)


def _still_true(staged: Staged, tree: TileTree, start: int) -> Iterator[int]:
    """The bundles that wait from an earlier look, and are as wide and true under this head."""
    for bundles in staged.read(start, tree.head.size):
        for one in bundles:
            index = one.start // tiles.WIDTH
            if one.count == tiles.width(0, index, tree.head.size):
                with suppress(RegistryRefused):
                    tree.check_bundle(index, tiles.unpacked(one.raw))
                    yield index
