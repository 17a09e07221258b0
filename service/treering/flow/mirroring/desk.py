"""The mirror's desk: both sources looked at, held against each other, and what a person may ask
or settle about them.

Two sources are either two logs that are compared certificate by certificate, or one log at two
addresses, whose heads have to fit: a log that shows one history here and another there is found.
An answer counts when every source says so; what they disagree about is in dispute.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from treering.domain import misbehaviour
from treering.domain.contradiction import Kept
from treering.domain.registry_head import HeldHead, TreeHead, VerifierKey, check_clock
from treering.domain.tiles import TileTree
from treering.errors import (
    MirrorStale,
    ProofRefused,
    RegistryContradicted,
    RegistryRefused,
    RegistryUnavailable,
)
from treering.flow.admitting.changes import tell_change
from treering.flow.mirroring import accuse
from treering.flow.mirroring import state as mirror_state
from treering.flow.mirroring.mirror import SyncReport, sync
from treering.flow.mirroring.state import MAX_AGE, MirrorStatus, Spoken
from treering.registry.feed import Feed
from treering.store import contradictions, disputes
from treering.store.mirror import Mirror


@dataclass(frozen=True, slots=True)
class MirrorDesk:
    """`feeds` are the sources, the one that answers lean on first; `key` is that one's."""

    engine: Engine
    feeds: tuple[Feed, ...]
    key: VerifierKey
    clock: Callable[[], datetime]

    def sync(self) -> list[SyncReport]:
        """Each source, though another fails; then RegistryUnavailable or RegistryRefused."""
        reports, faults = [], []
        for feed in self.feeds:
            try:
                report = self._look(feed)
            except (RegistryUnavailable, RegistryRefused) as error:
                faults.append(error)
            else:
                reports += report
        self._compare()
        if faults:
            raise faults[0]
        return reports

    def status(self, moment: datetime | None = None) -> list[MirrorStatus]:
        """Of each log that we hold, now or as of an earlier moment."""
        names = dict.fromkeys(feed.name for feed in self.feeds)
        if moment is None:
            found = [mirror_state.status(self.engine, name, self.clock) for name in names]
        else:
            found = [mirror_state.status_at(self.engine, name, moment) for name in names]
        return [one for one in found if one]

    def spoken(self) -> Spoken:
        return mirror_state.spoken(self.engine)

    def settle(self, number: int, because: str) -> bool:
        """A person's word that ends a contradiction; False if none is open under this number."""
        with self.engine.begin() as connection:
            settled = contradictions.settle(connection, number, because, self.clock())
            if settled:
                tell_change(connection, self.clock(), f"contradiction {number}", why=because)
        return settled

    def proof(self, kept: Kept) -> dict[str, object]:
        """The file that proves it to anybody who has the key. ProofRefused where that key proves
        nothing: one of the heads was signed by another, before it was changed."""
        key = self._key_of(kept.contradiction.feed)
        made = misbehaviour.document(kept.contradiction, key)
        misbehaviour.verify(json.dumps(made).encode(), key)
        return made

    def _key_of(self, feed: str) -> VerifierKey:
        keys = {one.name: one.key for one in self.feeds}
        if feed not in keys:
            raise ProofRefused(f"{feed} is followed no more: its key is not at hand")
        return keys[feed]

    def _look(self, feed: Feed) -> list[SyncReport]:
        first = self.feeds[0]
        if feed is first or feed.name != first.name:
            return [sync(self.engine, feed, self.clock)]
        source = source_of(first, feed)
        try:
            self._hold_together(first, feed)
        except (RegistryUnavailable, RegistryRefused) as error:
            accuse.tell(self.engine, source, error, self.clock())
            raise
        accuse.tell(self.engine, source, None, self.clock())
        return []

    def _hold_together(self, first: Feed, second: Feed) -> None:
        """RegistryContradicted unless the head there and the one that we hold are of one log."""
        there = second.head()
        check_clock(there, self.clock())
        with self.engine.connect() as connection:
            mirror = Mirror(connection, first.name)
            held = mirror.held()
            if held is None:
                return
            if there.size == held.head.size and there.root != held.head.root:
                why = RegistryContradicted(f"two roots for {there.size} entries", "", "")
                raise accuse.of_heads(why, mirror, held.head, there, second)
            longer = second if there.size > held.head.size else first
            ends = sorted([held.head, there], key=_size)
            tree = TileTree(ends[1], longer.tile)
            if tree.root(ends[0].size) != ends[0].root:
                raise accuse.of_rewriting(mirror, ends[0], tree, longer)

    def _compare(self) -> None:
        """What two logs say of the same certificates, each as far as its head goes."""
        first, *others = dict.fromkeys(feed.name for feed in self.feeds)
        for other in others:
            with self.engine.begin() as connection:
                heads = [Mirror(connection, name).held() for name in (first, other)]
                if None not in heads:
                    knows, other_knows = (_time(head) for head in heads)
                    disputes.compare(
                        connection,
                        feed=first,
                        knows=knows,
                        other=other,
                        other_knows=other_knows,
                        now=self.clock(),
                    )


def source_of(first: Feed, second: Feed) -> str:
    """How the second source is told apart, of another log or of the same one elsewhere."""
    return second.name if second.name != first.name else f"{second.name} at {second.url}"


def insist_on_second(connection: Connection, first: Feed, second: Feed, now: datetime) -> None:
    """MirrorStale if the second source is unheard."""
    if why := unheard(connection, first, second, now):
        raise MirrorStale(why)


def unheard(connection: Connection, first: Feed, second: Feed, now: datetime) -> str | None:
    """Why the second source does not speak; None if it was found good not long ago and its log
    is not frozen: else nobody would have told what it says otherwise."""
    source = source_of(first, second)
    good_at = contradictions.good_at(connection, source)
    if good_at is None or now - good_at > MAX_AGE:
        return f"the second source {source} was last found good: {good_at or 'never'}"
    held = Mirror(connection, second.name).held()
    if held is None or held.age(now) > MAX_AGE:
        return f"the newest head of the second source {source} is older than {MAX_AGE}"
    return None


def _size(head: TreeHead) -> int:
    return head.size


def _time(held: HeldHead | None) -> datetime:
    assert held, "asked for only where there is one"
    return held.head.time
