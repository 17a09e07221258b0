"""Recover: before any work, hold our books against the chain, lot by lot.

Books that know less than the chain come from an old backup: nothing is mended silently. A
chain that knows less than our final batches was cut or made anew: only an embedded chain
may do that, or any other when a person says so; what it lost is named and minted again, once.
A node whose head has not come to what was final yet may only lag, and is waited for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog
from sqlalchemy import Connection, Engine

from treering.domain.flight import Flight
from treering.domain.record import LotId
from treering.errors import ChainUnavailable, Diverged
from treering.failpoint import reached
from treering.store import identity
from treering.store.flights import Flights
from treering.store.lots import Lots
from treering.store.transactions import Transactions

_log = structlog.get_logger(__name__)


class Block(Protocol):
    @property
    def number(self) -> int: ...


class ChainNow(Protocol):
    """What the contract holds at the head, and how many transactions a minter has in blocks."""

    def newest_block(self) -> Block: ...
    def minted(self, lot: LotId) -> int: ...
    def root_of(self, lot: LotId, first_serial: int) -> bytes | None: ...
    def nonce(self, minter: bytes) -> int: ...


@dataclass(frozen=True, slots=True)
class Recovery:
    """`minters` are the addresses by programme, None where the key is missing: then what a
    chain has lost waits for it. `may_mint_again` what a chain has lost."""

    engine: Engine
    chain: ChainNow
    minters: Mapping[str, bytes | None]
    may_mint_again: bool

    def run(self) -> Sequence[Flight]:
        """The batches that the chain had lost, sealed to be minted again; Diverged.

        ChainUnavailable where the node lags behind a block that was final, and says nothing yet.
        """
        with self.engine.connect() as connection:
            if not self.may_mint_again:
                self._insist_on_head(connection)
            self._compare(connection)
            lost = {code: self._lost(connection, code) for code in self.minters}
        for code, flights in lost.items():
            if flights:
                self._again(code, flights)
        return [flight for flights in lost.values() for flight in flights]

    def with_permission(self) -> "Recovery":
        """The same, by a person's word."""
        return replace(self, may_mint_again=True)

    def _insist_on_head(self, connection: Connection) -> None:
        """What a node has not seen yet, its chain has not lost."""
        final, head = self._final(connection), self.chain.newest_block().number
        if head < final:
            said = f"the node's head {head} is behind block {final}, which was final"
            raise ChainUnavailable(f"{said}: it lags, or its chain was cut")

    def _final(self, connection: Connection) -> int:
        """The newest block that was final: as it was seen, or as a batch rests on it."""
        seen = identity.final_seen(connection)
        batches = [f for code in self.minters for f in Flights(connection, code).newest_final()]
        under = [batch.inclusion.block_number for batch in batches if batch.inclusion]
        return max([seen[0] if seen else 0, *under])

    def _compare(self, connection: Connection) -> None:
        """The chain is asked first: other workers go on meanwhile, and seal before they mint."""
        minted = {lot: self.chain.minted(lot) for lot in Lots(connection).sealed()}
        for lot, ours in Lots(connection).sealed().items():
            if (theirs := minted.get(lot, 0)) > ours:
                raise Diverged(f"lot {lot}: the chain has {theirs} records, our books {ours}")

    def _lost(self, connection: Connection, programme: str) -> list[Flight]:
        """The final batches that the chain has no longer; Diverged if it holds another root."""
        lost: list[Flight] = []
        for newest in Flights(connection, programme).newest_final():
            root = self.chain.root_of(newest.lot, newest.first_serial)
            if root is None:
                minted = self.chain.minted(newest.lot)
                lost += Flights(connection, programme).final_beyond(newest.lot, minted)
            elif root != newest.root:
                raise Diverged(f"batch {newest.batch}: the chain holds root 0x{root.hex()}")
        return lost

    def _again(self, programme: str, lost: Sequence[Flight]) -> None:
        """One transaction: all that this minter has under nonces that the chain never saw."""
        if not self.may_mint_again:
            raise Diverged(f"the chain lost a final batch: {_name(lost[0])}")
        minter = self.minters[programme]
        if minter is None:
            _log.error("minting again waits for its key", programme=programme)
            return
        nonce = self.chain.nonce(minter)
        with self.engine.begin() as connection:
            flights = Flights(connection, programme)
            unseen = [f for f in flights.flying() if f.nonce is not None and f.nonce >= nonce]
            for flight in [*lost, *unseen]:
                flights.move(flight, flight.dropped())
                reached("rollback.half")
            Transactions(connection, minter).forget_from(nonce)
        for flight in lost:
            _log.warning("the chain lost a final batch", batch=flight.batch, records=_name(flight))


def _name(flight: Flight) -> str:
    last = flight.first_serial + flight.count - 1
    return f"lot {flight.lot}, serials {flight.first_serial} to {last}"
