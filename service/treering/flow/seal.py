"""Seal: fix the next consecutive records of a lot as batches, each with its root."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from treering.domain import batch
from treering.domain.batch import CAPACITY, Batch
from treering.domain.holder import commitments
from treering.domain.record import LotId, tree_id
from treering.errors import BatchMoved
from treering.failpoint import reached
from treering.store.batches import Batches
from treering.store.lots import Lots
from treering.store.redemptions import Redemptions
from treering.store.stretches import secrets, stretches
from treering.store.vault import Vault

_MOST = 4 * CAPACITY  # records in a transaction, and in memory; more gain nothing


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals when a batch is full, or its oldest record has waited for `patience`."""

    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]
    patience: timedelta

    def seal_due(self) -> int:
        """Seal some batches of every lot that is due; how many were sealed."""
        with self.engine.connect() as connection:
            waiting = Lots(connection).waiting()
        return sum(self._seal(lot, first_serial, count) for lot, first_serial, count in waiting)

    def _seal(self, lot: LotId, first_serial: int, waiting: int) -> int:
        now = self.clock()
        with self.engine.begin() as connection:
            # Serials are given in the order of recording: the first one is the oldest.
            oldest = Redemptions(connection).recorded_at(lot, first_serial)
            if not batch.due(waiting=waiting, oldest=oldest, now=now, patience=self.patience):
                return 0
            holders = self._holders(connection, lot, first_serial, _at_once(waiting))
            sealed = batch.sealed(lot, first_serial, holders, now)
            self._keep(connection, sealed)
            reached("batch.before_commit")
        reached("batch.after_commit")
        return len(sealed)

    def _keep(self, connection: Connection, sealed: Sequence[Batch]) -> None:
        lot, first_serial = sealed[0].lot, sealed[0].first_serial
        count = sum(one.count for one in sealed)
        programme = Lots(connection).seal(lot, first_serial, count)
        if programme is None:
            raise BatchMoved(f"lot {lot} was sealed from {first_serial} on by another worker")
        Batches(connection).add(sealed, programme)

    def _holders(self, connection: Connection, lot: LotId, first_serial: int, count: int) -> bytes:
        """The commitments of the next records, 20 bytes each."""
        held = stretches(connection, lot, first_serial, count)
        known = secrets(connection, self.vault, {holder for holder, _, _ in held})
        holders = [known[holder] for holder, _, length in held for _ in range(length)]
        assert len(holders) == count, "serials have no gap"
        return commitments(tree_id(lot, first_serial), holders)


def _at_once(waiting: int) -> int:
    """Whole batches while there are any: only what is left over makes a smaller one."""
    return min(waiting - waiting % CAPACITY, _MOST) or waiting
