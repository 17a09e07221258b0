"""Reconcile: chain, mirror, accepted counts and our database, at one block and one head.

 1. The node answers for our chain; its newest final block is pinned.
 2. One run at a time; all of our database, the mirror included, is read in one snapshot,
    taken after the pin: whatever the block holds, our database knew before.
 3. The mirror's newest head is there and not too old.
 4. The chain is read up to the block and laid beside our tables; every root is rebuilt.
 5. Its events add up to the contract's own counters, and the pinned block still stands.
 6. What the chain has touched since is on its way, and is not judged.
 7. Compare: lots, batches, holders, claims, certificates, counts that were brought.
 8. Write what was found over what was known: all of it, or nothing.
What cannot be compared is said to be unknown, never to agree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine

from treering.chain.ledger import Ledger
from treering.chain.node import Block
from treering.chain.pinned import PinnedLedger
from treering.domain.comparison import cases
from treering.domain.reconciliation import Run, Scale, World
from treering.domain.registry_head import HeldHead
from treering.errors import MirrorStale, PinMoved, TreeringError, WrongChain
from treering.flow.auditing.audit import Watch
from treering.flow.minting.identity import difference
from treering.flow.mirroring import state as mirror_state
from treering.flow.reconciling.chain_side import ChainSide
from treering.flow.reconciling.compare import Comparison
from treering.flow.verifying.interconnect import MIRROR_MAX_AGE
from treering.intake.counts import Counts
from treering.store import identity
from treering.store.findings import Findings
from treering.store.mirror import Mirror
from treering.store.runs import Runs
from treering.store.side_by_side import SideBySide
from treering.store.stage import Stage
from treering.store.vault import Vault

_log = structlog.get_logger(__name__)
_AGAIN = timedelta(minutes=5)  # after a run that could not be made


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler:
    """`feed` is the origin of the registry's log, None where none is followed. What is under
    way for less than `patience` is not judged; for longer than `promise`, it is late."""

    engine: Engine
    vault: Vault
    ledger: Ledger
    feed: str | None
    clock: Callable[[], datetime]
    promise: timedelta
    patience: timedelta

    def run(self, counts: Counts | None = None, watch: Watch = lambda _: None) -> Run:
        """The run, made and kept. A TreeringError says why it could not be made, which is
        kept too; then no difference is opened or resolved."""
        started = self.clock()
        try:
            return self._made(started, counts, watch)
        except TreeringError as error:
            with self.engine.begin() as connection:
                Runs(connection).failed(started, self.clock(), f"{error.code} {error}")
            raise

    def keep_up(self, every: timedelta) -> bool:
        """Run if the last is so long ago. Never counts as work, and never ends a worker."""
        if self._is_due(every):
            try:
                made = self.run()
                _log.info("reconciled", found=made.found, opened=made.opened)
            except TreeringError as error:
                _log.warning("not reconciled", code=error.code, why=str(error))
        return False

    def _is_due(self, every: timedelta) -> bool:
        with self.engine.connect() as connection:
            made, tried = (Runs(connection).last(made=made) for made in (True, False))
        now = self.clock()
        rested = tried is None or tried.is_made or now - tried.ended_at >= min(_AGAIN, every)
        return rested and (made is None or now - made.started_at >= every)

    def _made(self, started: datetime, counts: Counts | None, watch: Watch) -> Run:
        block = self._pinned()  # (1)
        isolated = self.engine.execution_options(isolation_level="REPEATABLE READ")
        with isolated.begin() as connection:
            Runs(connection).lock()  # (2)
            world = _world(block, self._held(connection))  # (3)
            side = self._chain(connection, block, watch)  # (4) to (6)
            findings = Findings(connection)
            findings.open()
            scale = self._compare(connection, side, world, counts, findings)  # (7)
            digest = counts.digest if counts else None
            run = Runs(connection).begin(started, world, digest)
            sums = findings.keep(run, self.clock(), _scope(world, counts))  # (8)
            return Runs(connection).end(run, self.clock(), scale, sums)

    def _pinned(self) -> Block:
        found = self.ledger.identity()
        pin = (found.chain_id, found.genesis, found.contract.lower(), found.code_hash)
        with self.engine.connect() as connection:
            held = identity.pinned(connection)
        if held is not None and held != pin:
            raise WrongChain(difference(held, pin))
        return self.ledger.final_block()

    def _held(self, connection: Connection) -> HeldHead | None:
        if self.feed is None:
            return None
        held = Mirror(connection, self.feed).held()
        if held is None:
            raise MirrorStale(f"nothing of {self.feed} is mirrored yet")
        if (age := held.age(self.clock())) > MIRROR_MAX_AGE:
            raise MirrorStale(f"the newest head of {self.feed} is {age} old")
        if why := mirror_state.behind(connection, self.feed):
            raise MirrorStale(why)
        return held

    def _chain(self, connection: Connection, block: Block, watch: Watch) -> ChainSide:
        node, contract = self.ledger.node, self.ledger.contract
        pinned = PinnedLedger(node, contract, block)
        stage = Stage(connection)
        stage.open()
        side = ChainSide(stage)
        side.read(node, contract, block, watch)  # (4)
        side.check(pinned)  # (5)
        side.read_since(node, contract, block)  # (6)
        if not pinned.still_stands():
            raise PinMoved(f"block {block.number} no longer has hash 0x{block.hash.hex()}")
        stage.ready()
        return side

    def _compare(
        self,
        connection: Connection,
        side: ChainSide,
        world: World,
        counts: Counts | None,
        findings: Findings,
    ) -> Scale:
        now = self.clock()
        comparison = Comparison(
            sides=SideBySide(connection, self.feed),
            chain=side,
            vault=self.vault,
            time_of=lambda number: _moment(self.ledger.node.block(number)),
            settled=now - self.patience,
            late_before=now - self.promise,
        )
        findings.add(comparison.lots())
        findings.add(comparison.batches(world.block))
        findings.add(comparison.holders())
        if world.head_time is not None:
            findings.add(comparison.claims(world.head_time))
            findings.add(comparison.certificates())
        if counts is not None:
            findings.add(comparison.counts(counts.by_lot))
        findings.looked_at(comparison.looked_at)
        findings.unjudged(comparison.unjudged)
        return comparison.scale()


def _moment(block: Block) -> datetime:
    return datetime.fromtimestamp(block.timestamp, UTC)


def _world(block: Block, held: HeldHead | None) -> World:
    head = held.head if held else None
    return World(
        block=block.number,
        block_hash=block.hash,
        block_time=_moment(block),
        feed=head.origin if head else None,
        head_size=head.size if head else None,
        head_root=head.root if head else None,
        head_time=head.time if head else None,
    )


def _scope(world: World, counts: Counts | None) -> frozenset[str]:
    """The names of the cases that were looked for in all there is. Counts are one body's: what
    it does not name was not."""
    looked_for = cases.OURS | (cases.REGISTRY if world.feed else frozenset())
    return looked_for | (cases.COUNTS if counts else frozenset())
