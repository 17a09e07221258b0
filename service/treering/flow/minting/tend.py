"""Tend: see to it that what was signed can be mined.

Bytes that a pool lost are sent again, an offer that is too low is raised under the same
nonce, a transaction that no block can hold is freed of its nonce, and a nonce that nobody
uses is filled: all later ones wait for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from treering.domain.anchor import Horizon
from treering.domain.batch import BatchState
from treering.domain.fees import Fees
from treering.domain.flight import Attempt, Bid, Flight, Nonce
from treering.failpoint import reached
from treering.flow.minting.minter import Minter
from treering.store.batches import Batches
from treering.store.transactions import Place, Transactions

_log = structlog.get_logger(__name__)
_WIDEST_GAP = 64


@dataclass(frozen=True, slots=True)
class Tending:
    minter: Minter

    def run(self, unmined: Sequence[Flight], flying: Sequence[Flight], horizon: Horizon) -> None:
        """`unmined` are signed flights whose nonce is free; `flying` are all, by nonce."""
        again: list[Place] = []
        for flight in unmined:
            assert flight.bid, "a signed flight has an attempt"
            offer = self._better_offer(flight, flight.bid, horizon)
            if offer:
                self._replace(flight, offer, horizon)
            elif self.minter.is_due((flight.bid.nonce, flight.bid.number)):
                again.append((flight.bid.nonce, flight.bid.number))
        self._resend(again)
        self._fill(flying, horizon)

    def _better_offer(self, flight: Flight, bid: Bid, horizon: Horizon) -> Fees | None:
        """What to offer instead under the same nonce; None if the offer may stand."""
        is_next = bid.nonce == horizon.nonce
        blocks_come = horizon.head > bid.after_block + 2
        waits = is_next and blocks_come and self.minter.is_stuck((bid.nonce, bid.number))
        if bid.fees.covers(horizon.base_fee) and not waits and not self._too_big(flight, horizon):
            return None
        offer = bid.fees.raised(horizon.base_fee, self.minter.terms.ceiling)
        if offer is None:
            self.minter.tell_once("fees", "fee ceiling", nonce=bid.nonce, cap=bid.fees.cap)
        return offer

    def _too_big(self, flight: Flight, horizon: Horizon) -> bool:
        """Whether blocks became too small for it; an empty transaction frees its nonce."""
        assert flight.bid, "a signed flight has an attempt"
        if flight.bid.is_empty or flight.bid.nonce != horizon.nonce:
            return False
        return self.minter.chain.gas_of(flight.count) > horizon.gas_limit

    def _replace(self, flight: Flight, offer: Fees, horizon: Horizon) -> None:
        assert flight.bid, "a signed flight has an attempt"
        batch = None
        if not flight.bid.is_empty and not self._too_big(flight, horizon):
            with self.minter.engine.connect() as connection:
                batch = Batches(connection).get(flight.batch)
        nonce, number = flight.bid.nonce, flight.bid.number + 1
        attempt = Attempt(
            nonce=nonce,
            number=number,
            batch=flight.batch if batch else None,
            raw=self.minter.chain.sign(batch, nonce, offer),
            fees=offer,
            after_block=flight.bid.after_block,
            signed_at=self.minter.clock(),
        )
        _log.warning("offer raised", batch=flight.batch, nonce=nonce, tip=offer.tip, cap=offer.cap)
        self._store_and_send(attempt)
        self.minter.forget((nonce, number - 1))
        self.minter.settled("fees")

    def _fill(self, flying: Sequence[Flight], horizon: Horizon) -> None:
        """Use every nonce below the highest that waits: by its own bytes, or by nothing."""
        waiting = [f.nonce for f in flying if f.state is BatchState.SIGNED and f.nonce is not None]
        if not waiting:
            return
        used = {flight.nonce for flight in flying}
        last = min(max(waiting), horizon.nonce + _WIDEST_GAP)
        missing = [Nonce(n) for n in range(horizon.nonce, last) if n not in used]
        if not missing:
            return
        with self.minter.engine.connect() as connection:
            held = Transactions(connection, self.minter.chain.address).newest_from(missing[0])
        places = [(nonce, held[nonce]) for nonce in missing if nonce in held]
        self._resend([place for place in places if self.minter.is_due(place)])
        for nonce in missing:
            if nonce not in held:
                self._use_up(nonce, horizon)

    def _use_up(self, nonce: Nonce, horizon: Horizon) -> None:
        _log.warning("gap filled", nonce=nonce)
        offer = Fees.offered(horizon.base_fee, horizon.tip, self.minter.terms.ceiling)
        self._store_and_send(
            Attempt(
                nonce=nonce,
                number=1,
                batch=None,
                raw=self.minter.chain.sign(None, nonce, offer),
                fees=offer,
                after_block=horizon.head,
                signed_at=self.minter.clock(),
            )
        )

    def _store_and_send(self, attempt: Attempt) -> None:
        reached("tx.signed_not_stored")
        with self.minter.engine.begin() as connection:
            Transactions(connection, self.minter.chain.address).add([attempt])
        reached("tx.stored_not_sent")
        self.minter.send_all([attempt])

    def _resend(self, places: Sequence[Place]) -> None:
        if not places:
            return
        with self.minter.engine.connect() as connection:
            stored = Transactions(connection, self.minter.chain.address).raw(places)
        for place in sorted(stored):
            self.minter.send(place, stored[place])
