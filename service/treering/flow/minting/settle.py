"""Settle: write down what became of the flights that the chain decided on."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from treering.domain.anchor import Fate, Horizon, Sight
from treering.domain.batch import BatchState
from treering.domain.flight import Flight
from treering.errors import ChainUnavailable, Diverged, NodeRefused
from treering.failpoint import reached
from treering.flow.minting.minter import Minter
from treering.store.flights import Flights
from treering.store.transactions import Transactions

_log = structlog.get_logger(__name__)
Move = tuple[Flight, Flight]


@dataclass(frozen=True, slots=True)
class Settlement:
    minter: Minter

    def run(
        self, flights: Sequence[Flight], sights: Sequence[Sight], horizon: Horizon
    ) -> list[Move]:
        """The flights that moved, before and after; Diverged stops all minting."""
        moves = [
            (flight, after)
            for flight, sight in zip(flights, sights, strict=True)
            if (after := self._after(flight, sight, horizon)) is not None
        ]
        self._write(moves)
        return moves

    def _after(self, flight: Flight, sight: Sight, horizon: Horizon) -> Flight | None:
        """Where the flight stands now; None if it only waits."""
        match sight.fate:
            case Fate.DIVERGED:
                raise Diverged(f"batch {flight.batch}: {sight.reason}")
            case Fate.FINAL | Fate.MINED:
                return _arrived(flight, sight)
            case _ if flight.state is BatchState.MINED:
                _log.warning("block vanished", batch=flight.batch)
                return flight.vanished()
            case Fate.SPENT if flight.nonce is not None and horizon.final_nonce > flight.nonce:
                return self._lost_its_nonce(flight, horizon)
        return None

    def _lost_its_nonce(self, flight: Flight, horizon: Horizon) -> Flight | None:
        """Its nonce is used for good and its root is not there: by what, and is that certain?"""
        assert flight.nonce is not None, "the signed_has_nonce constraint"
        with self.minter.engine.connect() as connection:
            ours = Transactions(connection, self.minter.chain.address).digests(flight.nonce)
        receipts = dict(zip(ours, self.minter.chain.receipts(list(ours)), strict=True))
        mints = [receipts[digest] for digest, batch in ours.items() if batch == flight.batch]
        if True in mints:
            return None  # minted, says the node, without a root: it does not agree with itself
        if False in mints:
            _log.warning("reverted", batch=flight.batch, nonce=flight.nonce)
            return flight.dropped()
        if True in receipts.values():
            return flight.dropped()  # we freed the nonce ourselves
        return self._taken_by_a_stranger(flight, horizon)

    def _taken_by_a_stranger(self, flight: Flight, horizon: Horizon) -> Flight | None:
        """Believed when a node has refused our bytes for it too, and the root is not there in a
        look after that: a count alone may be a lie, and our own may just have been mined."""
        assert flight.bid, "a signed flight has an attempt"
        place = (flight.bid.nonce, flight.bid.number)
        if not self.minter.is_used_up(place):
            with self.minter.engine.connect() as connection:
                raw = Transactions(connection, self.minter.chain.address).raw([place])
            self.minter.send(place, raw[place])
            return None
        _log.error("foreign transaction", minter=self.minter.chain.address.hex(), nonce=place[0])
        self.minter.nonce_floor = max(self.minter.nonce_floor, horizon.final_nonce)
        return flight.dropped()

    def _write(self, moves: Sequence[Move]) -> None:
        if not moves:
            return
        final = [after.batch for _, after in moves if after.state is BatchState.FINAL]
        reached("tx.mined_not_noted")
        with self.minter.engine.begin() as connection:
            flights = Flights(connection, self.minter.programme)
            flights.move_all(moves)  # if another worker was faster, it saw the same
            Transactions(connection, self.minter.chain.address).throw_away(final)
            if final:
                reached("final.before_commit")
        if final:
            reached("final.after_commit")
        for before, after in moves:
            _forget(self.minter, before)
            _log.info("batch moved", batch=before.batch, before=before.state, after=after.state)
        self._tell_costs([after for _, after in moves if after.state is BatchState.FINAL])

    def _tell_costs(self, final: Sequence[Flight]) -> None:
        """What their minting has cost; nothing waits for it, so a silent node is left alone."""
        digests = [flight.inclusion.transaction for flight in final if flight.inclusion]
        try:
            costs = self.minter.chain.costs(digests)
        except (ChainUnavailable, NodeRefused) as error:
            _log.warning("not reached", code=error.code, why=str(error))
            return
        programme = self.minter.programme
        for flight, cost in zip(final, costs, strict=True):
            if cost:
                _log.info(
                    "gas paid", programme=programme, batch=flight.batch, gas=cost.gas, wei=cost.wei
                )


def _arrived(flight: Flight, sight: Sight) -> Flight | None:
    assert sight.inclusion, "what stands on chain is in a block"
    if sight.fate is Fate.FINAL:
        return flight.final(sight.inclusion)
    if flight.state is BatchState.MINED and flight.inclusion == sight.inclusion:
        return None  # more blocks will come
    return flight.mined(sight.inclusion)


def _forget(minter: Minter, flight: Flight) -> None:
    if flight.bid:
        minter.forget((flight.bid.nonce, flight.bid.number))
