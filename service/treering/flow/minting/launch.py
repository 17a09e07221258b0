"""Launch: sign the next sealed batches of each lot, store the bytes, send the stored bytes.

Batches of a lot go in the order of their serials, under rising nonces, several at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from treering.domain.anchor import Horizon
from treering.domain.batch import BatchState
from treering.domain.fees import Fees
from treering.domain.flight import Attempt, Flight, Nonce
from treering.errors import BatchMoved
from treering.failpoint import reached
from treering.flow.minting.gate import Gate
from treering.flow.minting.minter import Minter
from treering.store.batches import Batches
from treering.store.flights import Flights
from treering.store.transactions import Transactions

Signed = tuple[Flight, Attempt]


@dataclass(frozen=True, slots=True)
class Launch:
    minter: Minter
    gate: Gate

    def run(self, heads: Sequence[Flight], flying: Sequence[Flight], horizon: Horizon) -> bool:
        """Whether anything was signed, or moved otherwise. `heads` are the first of each lot."""
        room = self.minter.terms.in_flight - _signed(flying)
        offer = Fees.offered(horizon.base_fee, horizon.tip, self.minter.terms.ceiling)
        if room <= 0 or not self._affordable(offer, horizon):
            return False
        moved = self.gate.free([head for head in heads if head.state is BatchState.BLOCKED])
        sealed = [head for head in heads if head.state is BatchState.SEALED]
        ready = [head for head in sealed if self.gate.lets_pass(head, flying, horizon)]
        signed = self._sign(ready, room, offer, horizon)
        self._store(signed)
        self.minter.send_all([attempt for _, attempt in signed])
        return moved or bool(signed) or len(ready) < len(sealed)

    def _affordable(self, offer: Fees, horizon: Horizon) -> bool:
        if offer.covers(horizon.base_fee):
            return True
        self.minter.tell_once("fees", "fee ceiling", base_fee=horizon.base_fee)
        return False

    def _sign(
        self, heads: Sequence[Flight], room: int, offer: Fees, horizon: Horizon
    ) -> list[Signed]:
        """One attempt for each of the next batches, `room` at most."""
        signed: list[Signed] = []
        with self.minter.engine.connect() as connection:
            first = self._next_nonce(connection, horizon)
            for head in heads:
                run = Flights(connection, self.minter.programme).sealed_from(
                    head, room - len(signed)
                )
                for flight in run:
                    if not self.gate.fits(flight, horizon):
                        break  # it is halved when it comes first
                    nonce = Nonce(first + len(signed))
                    attempt = self._attempt(connection, flight, nonce, offer, horizon)
                    signed.append((flight, attempt))
        return signed

    def _attempt(
        self,
        connection: Connection,
        flight: Flight,
        nonce: Nonce,
        offer: Fees,
        horizon: Horizon,
    ) -> Attempt:
        batch = Batches(connection).get(flight.batch)
        return Attempt(
            nonce=nonce,
            number=1,
            batch=flight.batch,
            raw=self.minter.chain.sign(batch, nonce, offer),
            fees=offer,
            after_block=horizon.head,
            signed_at=self.minter.clock(),
        )

    def _next_nonce(self, connection: Connection, horizon: Horizon) -> int:
        """The one after our own last: the node's count is asked only when we have none."""
        newest = Transactions(connection, self.minter.chain.address).newest_nonce()
        first = horizon.nonce if newest is None else newest + 1
        return max(first, self.minter.nonce_floor)

    def _store(self, signed: Sequence[Signed]) -> None:
        """All or nothing, before any node sees a byte; BatchMoved."""
        if not signed:
            return
        reached("tx.signed_not_stored")
        with self.minter.engine.begin() as connection:
            minter = self.minter.chain.address
            Transactions(connection, minter).add([attempt for _, attempt in signed])
            moves = [(flight, flight.signed(attempt.nonce)) for flight, attempt in signed]
            if Flights(connection, self.minter.programme).move_all(moves, minter) < len(moves):
                raise BatchMoved(f"batch {signed[0][0].batch} or a later one is no longer sealed")
        reached("tx.stored_not_sent")


def _signed(flying: Sequence[Flight]) -> int:
    return sum(flight.state is BatchState.SIGNED for flight in flying)
