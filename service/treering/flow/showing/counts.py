"""The five numbers, each from its own source: asked from redemptions, sent from the nonce ledger,
mined and final from batches, counted from the contract. None is ever shown for another."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Engine

from treering.domain.batch import BatchState
from treering.domain.lot import Unit
from treering.domain.view import Counts
from treering.errors import WrongChain
from treering.flow.verifying.findings import NO_ANSWER
from treering.store.batches import Batches
from treering.store.redemptions import Redemptions

_FINAL = (BatchState.FINAL,)
_MINED = (BatchState.MINED, *_FINAL)
_SENT = (BatchState.SIGNED, *_MINED)


class Counter(Protocol):
    """The ledger's own counters at one block."""

    @property
    def height(self) -> int: ...
    def minted(self, unit: int) -> int: ...


@dataclass(frozen=True, slots=True)
class Tally:
    """`world` pins the ledger at a tag."""

    engine: Engine
    world: Callable[[str], Counter]
    clock: Callable[[], datetime]

    def counts(self) -> list[Counts]:
        """One row a unit; trees, plants and square metres are never added together.

        The books are read as of one moment: what moves meanwhile is in none of their numbers.
        """
        isolated = self.engine.execution_options(isolation_level="REPEATABLE READ")
        with isolated.connect() as connection:
            asked = Redemptions(connection).asked()
            held = Batches(connection).counts()
            unsent = Batches(connection).unsent()
        counted, block = self._counted()

        def total(unit: Unit, states: tuple[BatchState, ...]) -> int:
            return sum(held.get((unit, state), 0) for state in states)

        return [
            Counts(
                unit=unit.name,
                asked=asked.get(unit, 0),
                sent=total(unit, _SENT) - unsent.get(unit, 0),
                mined=total(unit, _MINED),
                final=total(unit, _FINAL),
                counted=counted.get(unit),
                block=block,
                as_of=self.clock(),
            )
            for unit in Unit
        ]

    def _counted(self) -> tuple[dict[Unit, int], int | None]:
        try:
            world = self.world("finalized")
            return {unit: world.minted(unit) for unit in Unit}, world.height
        except (*NO_ANSWER, WrongChain):
            return {}, None
