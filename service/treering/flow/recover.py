"""Recover: before any work, hold our books against the chain, lot by lot.

Books that know less than the chain come from an old backup: nothing is mended silently. A
chain that knows less than our final batches was cut or made anew: only an embedded chain
may do that, and what it lost is named and sent again, once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import structlog
from sqlalchemy import Engine

from treering.domain.batch import Batch, BatchState
from treering.domain.record import LotId
from treering.errors import Diverged
from treering.store.batches import Batches
from treering.store.lots import Lots

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Recovery:
    """`minted` asks the contract how many records of a lot it holds now."""

    engine: Engine
    minted: Callable[[LotId], int]
    embedded: bool

    def run(self) -> Sequence[Batch]:
        """The batches that the chain had lost, sent back to be minted again; Diverged."""
        with self.engine.connect() as connection:
            final = Batches(connection).in_state(BatchState.FINAL)
            sealed = Lots(connection).sealed()
        for lot, ours in sealed.items():
            if (theirs := self.minted(lot)) > ours:
                raise Diverged(f"lot {lot}: the chain has {theirs} records, our books {ours}")
        lost = [batch for group in _by_lot(final) for batch in self._lost(*group)]
        for batch in lost:
            self._again(batch)
        return lost

    def _lost(self, lot: LotId, batches: list[Batch]) -> list[Batch]:
        minted = self.minted(lot)
        return [batch for batch in batches if batch.first_serial + batch.count > minted]

    def _again(self, batch: Batch) -> None:
        name = f"lot {batch.lot}, serials {batch.first_serial} to "
        name += str(batch.first_serial + batch.count - 1)
        if not self.embedded:
            raise Diverged(f"the chain lost a final batch: {name}")
        _log.warning("the embedded chain lost a final batch", batch=batch.id, records=name)
        with self.engine.begin() as connection:
            Batches(connection).replace(batch, batch.vanished())


def _by_lot(batches: Sequence[Batch]) -> list[tuple[LotId, list[Batch]]]:
    ordered = sorted(batches, key=lambda batch: (batch.lot, batch.first_serial))
    return [(lot, list(group)) for lot, group in groupby(ordered, key=lambda batch: batch.lot)]
