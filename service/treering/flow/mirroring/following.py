"""The parts that follow registries: their mirrors, and the logs that we keep of their files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from treering.domain.fulfilment import Interconnection
from treering.domain.record import TreeId
from treering.errors import MirrorDamaged, SettingsWrong
from treering.flow.ground import Ground
from treering.flow.mirroring import mirror
from treering.flow.mirroring import state as mirror_state
from treering.flow.mirroring.anchor import anchor
from treering.flow.mirroring.desk import MirrorDesk, insist_on_second, unheard
from treering.flow.mirroring.drops import Keeper


@dataclass(frozen=True)
class Following(Ground):
    """What leans on `feed` and `second`; most ask for a registry to follow."""

    def sync_mirror(self) -> mirror.SyncReport:
        assert self.feed, "a registry to follow"
        return mirror.sync(self.engine, self.feed, self.clock)

    @property
    def mirror_desk(self) -> MirrorDesk:
        """SettingsWrong where no registry is followed."""
        if self.feed is None:
            raise SettingsWrong("TREERING_REGISTRY_URL is not set: there is no log to follow")
        sources = (self.feed, self.second) if self.second else (self.feed,)
        return MirrorDesk(self.engine, sources, self.feed.key, self.clock)

    def keeper(self, registry: str) -> Keeper:
        """Of the log of what this registry gave as files; its heads are signed by our own key."""
        key, secret = self.keys.issuer("drops"), self.keys.secret("drops")
        return Keeper(self.engine, registry, key, secret, self.clock)

    def _lean(self, trees: Sequence[TreeId]) -> None:
        """Before records are used up; MirrorStale too before the first synchronisation."""
        assert self.feed, "a registry to follow"
        with self.engine.connect() as connection:
            mirror_state.insist(connection, self.feed.name, trees, self.clock())
            if self.second:
                insist_on_second(connection, self.feed, self.second, self.clock())

    def anchor_mirror(self) -> bool:
        """The mirrors' newest heads, on the ledger; whether there was any to anchor. Where no key
        may, they are held against what is there alone. Each feed, though another is damaged."""
        may, faults, done = self.keys.address("mirror") is not None, [], 0
        for name in self.feed_names:
            try:
                done += anchor(self.engine, self.feed_heads, name, self.clock, may=may)
            except MirrorDamaged as error:
                faults.append(error)
        if faults:
            raise faults[0]
        return done > 0

    @property
    def feed_names(self) -> tuple[str, ...]:
        """The origins of the logs that are followed, the one that answers lean on first."""
        return tuple(dict.fromkeys(feed.name for feed in (self.feed, self.second) if feed))

    def mirror_status(self) -> mirror_state.MirrorStatus | None:
        assert self.feed, "a registry to follow"
        return mirror_state.status(self.engine, self.feed.name, self.clock)

    def _interconnection(self, tree: TreeId) -> Interconnection | None:
        assert self.feed, "a registry to follow"
        with self.engine.connect() as connection:
            found = mirror_state.interconnection(connection, self.feed.name, tree)
            if found is None or self.second is None:
                return found
            silent = unheard(connection, self.feed, self.second, self.clock())
            return replace(found, unheard=silent)
