"""Pursue: one look a second at the newest final block, so that whoever verifies need not ask.

Answers are given as of that block. A node that says nothing new is believed for LIMIT seconds
from when it was last asked; then nothing is answered from memory, and verdicts are UNKNOWN.
What was final is held against the node at each step: if it took a block back, or has begun
anew, all that was known is forgotten.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

import structlog

from treering.chain.ledger import Ledger, LedgerAt
from treering.chain.node import Block
from treering.chain.recall import Recalled
from treering.errors import ChainUnavailable
from treering.flow.verifying.findings import NO_ANSWER

LIMIT = 10.0  # seconds: twice what a node is waited for
POLL = 1.0  # seconds from one look to the next
_PATIENCE = 1.5  # seconds: a look that takes longer makes nobody else ask the same node

_log = structlog.get_logger(__name__)


@dataclass
class Follower:
    """One a process; `step` is called again and again by a thread of its own. `now` counts
    seconds and never goes back."""

    ledger: Ledger
    now: Callable[[], float] = time.monotonic
    limit: float = LIMIT
    _world: LedgerAt | None = field(default=None, init=False)
    _heard: float = field(default=float("-inf"), init=False)
    _begun: float | None = field(default=None, init=False)  # the look that is under way
    _failed: bool = field(default=False, init=False)
    _follows: bool = field(default=False, init=False)
    _worlds: int = field(default=0, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def step(self) -> None:
        """Look once; ChainUnavailable, NodeRefused."""
        with self._lock:
            self._step()

    def at(self, which: int | str) -> LedgerAt:
        """As `Ledger.at`; what is final, from memory. ChainUnavailable beyond the limit."""
        if which != "finalized" or not self._follows:
            return self.ledger.at(which)
        if self._world is None or not self._is_fresh():
            raise ChainUnavailable(f"the node has said nothing for {self.limit:.0f} s")
        return self._world

    def reach(self, block: int) -> None:
        """Look now if our books hold a final block that is newer than what is known here."""
        if self._has(block) or not self._lock.acquire(timeout=_PATIENCE):
            return
        try:
            if not self._has(block):
                self._step()
        except NO_ANSWER as error:
            _log.warning("not reached", code=error.code, why=str(error))
        finally:
            self._lock.release()

    def mark(self) -> int | None:
        """A number that changes whenever answers may; None while nobody follows.

        Below nought while nothing can be answered.
        """
        if not self._follows:
            return None
        return self._worlds if self._is_fresh() else -1 - self._worlds

    def _step(self) -> None:
        self._follows = True
        self._begun = began = self.now()
        try:
            self._look(began)
        except NO_ANSWER:
            self._failed = True
            raise
        finally:
            self._begun = None
        self._failed = False

    def _has(self, block: int) -> bool:
        """Whether there is nothing to look for, or nobody to ask."""
        world = self._world
        return world is None or world.height >= block or not self._is_well()

    def _look(self, began: float) -> None:
        final, world = self.ledger.final_block(), self._world
        if world is None or (final.number < world.height and not self._is_fresh()):
            self._know(self._anew(final))
        elif final.number < world.height:
            raise ChainUnavailable(f"the node is at block {final.number}, behind {world.height}")
        elif not self._stands(world.block, final):
            _log.error("a final block was taken back", block=world.height)
            self._know(self._anew(final))
        elif final.number > world.height:
            self._know(self._later(world, final))
        self._heard = began

    def _stands(self, known: Block, final: Block) -> bool:
        same = known.number == final.number
        there = final if same else self.ledger.node.block(known.number)
        return there.hash == known.hash

    def _anew(self, final: Block) -> LedgerAt:
        node = Recalled(self.ledger.node, final, self._is_well, self.now)
        return LedgerAt(node, self.ledger.contract, final)

    def _later(self, world: LedgerAt, final: Block) -> LedgerAt:
        node = world.node
        assert isinstance(node, Recalled), "made here"
        return LedgerAt(node.at(final), self.ledger.contract, final)

    def _know(self, world: LedgerAt) -> None:
        self._world, self._worlds = world, self._worlds + 1

    def _is_fresh(self) -> bool:
        return self.now() - self._heard < self.limit

    def _is_well(self) -> bool:
        began = self._begun
        waits = began is not None and self.now() - began > _PATIENCE
        return not (self._failed or waits)
