"""Mint: take a programme's unfinished batches one step further towards the chain.

Sign, store, send, look. Every step may be repeated, and ends in one commit before the next
begins: die between any two lines, start again, and no record is lost or minted twice. Any
number of workers may do so at once: a nonce and a batch are each taken by one of them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from treering.domain.anchor import Fate
from treering.domain.batch import BatchState
from treering.flow.minting.gate import Gate
from treering.flow.minting.launch import Launch
from treering.flow.minting.minter import Chain, Minter
from treering.flow.minting.settle import Settlement
from treering.flow.minting.tend import Tending
from treering.flow.minting.terms import Terms
from treering.store.flights import Flights


@dataclass
class Mint:
    """One programme's minting. `step` is all that a worker calls."""

    engine: Engine
    programme: str
    chain: Chain
    clock: Callable[[], datetime]
    terms: Terms = field(default_factory=Terms)
    monotonic: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        minter = Minter(
            self.engine, self.programme, self.chain, self.terms, self.clock, self.monotonic
        )
        self._settlement = Settlement(minter)
        self._tending = Tending(minter)
        self._launch = Launch(minter, Gate(minter))

    def step(self) -> bool:
        """Take every batch a step further if it has one; False if all only wait.

        Raises ChainUnavailable when no node answers, WrongChain, BatchMoved when another
        worker was faster, and Diverged when the chain holds what our books do not.
        """
        with self.engine.connect() as connection:
            books = Flights(connection, self.programme)
            flying, heads = books.flying(), books.heads()
        if not flying and not heads:
            return False
        horizon = self.chain.horizon()
        sights = self.chain.look(flying, horizon)
        moves = self._settlement.run(flying, sights, horizon)
        moved = {before.batch for before, _ in moves}
        still = [flight for flight in flying if flight.batch not in moved]
        unmined = [
            flight
            for flight, sight in zip(flying, sights, strict=True)
            if sight.fate is Fate.UNMINED
            and flight.state is BatchState.SIGNED
            and flight.batch not in moved
        ]
        self._tending.run(unmined, still, horizon)
        return self._launch.run(heads, still, horizon) or bool(moves)
