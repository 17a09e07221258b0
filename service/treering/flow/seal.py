"""Seal: fix the next consecutive records of a lot as one batch, with its root."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from treering.domain import batch
from treering.domain.batch import Batch, BatchId, BatchState
from treering.domain.merkle import batch_root
from treering.domain.record import LotId, tree_id
from treering.errors import BatchMoved
from treering.failpoint import reached
from treering.store.batches import Batches
from treering.store.lots import Lots
from treering.store.redemptions import Redemptions
from treering.store.stretches import secrets, stretches
from treering.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals when a batch is full, or its oldest record has waited for `patience`."""

    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]
    patience: timedelta

    def seal_due(self) -> int:
        """Seal one batch of every lot that is due; how many were sealed."""
        with self.engine.connect() as connection:
            waiting = Lots(connection).waiting()
        return sum(self._seal(lot, first_serial, count) for lot, first_serial, count in waiting)

    def _seal(self, lot: LotId, first_serial: int, waiting: int) -> bool:
        now = self.clock()
        with self.engine.begin() as connection:
            # Serials are given in the order of recording: the first one is the oldest.
            oldest = Redemptions(connection).recorded_at(lot, first_serial)
            if not batch.due(waiting=waiting, oldest=oldest, now=now, patience=self.patience):
                return False
            count = min(waiting, batch.CAPACITY)
            holders = self._holders(connection, lot, first_serial, count)
            self._keep(connection, lot, first_serial, holders, now)
            reached("batch.before_commit")
        reached("batch.after_commit")
        return True

    def _keep(
        self, connection: Connection, lot: LotId, first_serial: int, holders: bytes, now: datetime
    ) -> None:
        lots = Lots(connection)
        sealed = Batch(
            id=BatchId(0),
            state=BatchState.SEALED,
            lot=lot,
            first_serial=first_serial,
            holders=holders,
            root=batch_root(tree_id(lot, first_serial), holders),
            sealed_at=now,
        )
        if not lots.seal(lot, first_serial, sealed.count):
            raise BatchMoved(f"lot {lot} was sealed from {first_serial} on by another worker")
        Batches(connection).add(sealed, lots.get(lot).programme)

    def _holders(self, connection: Connection, lot: LotId, first_serial: int, count: int) -> bytes:
        """The commitments of the next records, 20 bytes each."""
        held = list(stretches(connection, lot, first_serial, count))
        known = secrets(connection, self.vault, {stretch.holder for stretch in held})
        commitments = [
            known[stretch.holder].commitment(tree_id(lot, serial))
            for stretch in held
            for serial in range(stretch.first_serial, stretch.first_serial + stretch.count)
        ]
        assert len(commitments) == count, "serials have no gap"
        return b"".join(commitments)
