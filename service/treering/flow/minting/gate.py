"""The gate before signing: would the contract, and a block, take this batch now?

Asked for the first batch of a lot only, and for a call that costs no fee. What is refused
waits with the contract's words, and is asked about again later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from treering.domain.anchor import Fate, Horizon
from treering.domain.flight import Flight
from treering.flow.minting.minter import Minter
from treering.store import contradictions
from treering.store.batches import Batches
from treering.store.flights import Flights
from treering.store.transactions import Transactions

_log = structlog.get_logger(__name__)


@dataclass
class Gate:
    minter: Minter
    _asked_at: dict[int, float] = field(default_factory=dict)

    def fits(self, flight: Flight, horizon: Horizon) -> bool:
        """Whether a block can hold its transaction."""
        return self.minter.chain.gas_of(flight.count) <= horizon.gas_limit

    def lets_pass(self, head: Flight, flying: Sequence[Flight], horizon: Horizon) -> bool:
        """Whether to sign it now; if not, it was halved, blocked, or stands on chain already."""
        if not self.fits(head, horizon):
            self._shrink(head, horizon)
            return False
        if doubt := self._doubt(head):
            self._block(head, doubt)
            return False
        if any(f.lot == head.lot and f.first_serial < head.first_serial for f in flying):
            return True  # the contract can judge it only when those before it are mined
        refusal = self._refusal(head)
        if refusal is None:
            return True
        if not self._stands(head, horizon):
            self._block(head, refusal)
        return False

    def free(self, blocked: Sequence[Flight]) -> bool:
        """Seal those again that the contract would take by now; whether there were any."""
        return sum(self._free(flight) for flight in blocked) > 0

    def _free(self, flight: Flight) -> bool:
        now = self.minter.monotonic()
        last = self._asked_at.get(flight.batch, float("-inf"))
        if now - last < self.minter.terms.recheck_seconds:
            return False
        self._asked_at[flight.batch] = now
        if self._doubt(flight) or self._refusal(flight) is not None:
            return False
        _log.info("batch taken again", batch=flight.batch, because=flight.reason)
        return self._move(flight, flight.dropped())

    def _doubt(self, flight: Flight) -> str | None:
        """Whether the lot leans on what the registry contradicted, until a person settles it."""
        with self.minter.engine.connect() as connection:
            blocked = flight.lot in contradictions.blocked_lots(connection)
        return "TR217 the registry contradicted itself about this lot" if blocked else None

    def _refusal(self, flight: Flight) -> str | None:
        with self.minter.engine.connect() as connection:
            batch = Batches(connection).get(flight.batch)
            nonces = Transactions(connection, self.minter.chain.address).nonces_of(flight.batch)
        if nonces >= self.minter.terms.most_nonces:
            return f"signed under {nonces} nonces in vain"
        return self.minter.chain.refusal(batch)

    def _stands(self, head: Flight, horizon: Horizon) -> bool:
        """Whether its root is on chain, from a signature that our books no longer know."""
        (sight,) = self.minter.chain.look([head], horizon)
        if sight.fate not in (Fate.MINED, Fate.FINAL):
            return False
        assert sight.inclusion, "what stands on chain is in a block"
        return self._move(head, head.mined(sight.inclusion))

    def _block(self, flight: Flight, reason: str) -> None:
        _log.error("batch refused", batch=flight.batch, reason=reason)
        self._asked_at[flight.batch] = self.minter.monotonic()
        self._move(flight, flight.blocked(reason))

    def _shrink(self, flight: Flight, horizon: Horizon) -> None:
        if flight.count == 1:
            self._block(flight, f"no block of {horizon.gas_limit} gas can hold one record")
            return
        _log.warning("batch halved", batch=flight.batch, gas_limit=horizon.gas_limit)
        with self.minter.engine.begin() as connection:
            batches = Batches(connection)
            batches.split(batches.get(flight.batch), self.minter.programme)

    def _move(self, before: Flight, after: Flight) -> bool:
        with self.minter.engine.begin() as connection:
            moved = Flights(connection, self.minter.programme).move(before, after)
        _log.info("batch moved", batch=before.batch, before=before.state, after=after.state)
        return moved
