"""Seal: fix the next consecutive records of a lot as batches, each with its root."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from treering.domain import batch
from treering.domain.batch import CAPACITY, Batch, BatchId, BatchState
from treering.domain.record import LotId
from treering.errors import BatchMoved
from treering.failpoint import reached
from treering.flow.minting.crew import Crew
from treering.flow.minting.hasher import Done, Task
from treering.store.batches import Batches
from treering.store.lots import Lots
from treering.store.redemptions import Redemptions
from treering.store.stretches import gathered

Waiting = tuple[LotId, int, int]  # a lot, its next serial, how many wait
Hashing = list[tuple[Task, Future[Done]]]
_STRIDE = 8 * CAPACITY  # records that are read and written in one transaction
_MOST = 2 * _STRIDE  # records of a lot before the next lot has its turn


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals when a batch is full, or its oldest record has waited for `patience`."""

    engine: Engine
    crew: Crew
    clock: Callable[[], datetime]
    patience: timedelta

    def seal_due(self) -> int:
        """Seal some batches of every lot that is due; how many were sealed."""
        with self.engine.connect() as connection:
            due = [
                waiting for waiting in Lots(connection).waiting() if self._due(connection, waiting)
            ]
        return sum(self._seal(lot, first_serial, count) for lot, first_serial, count in due)

    def _due(self, connection: Connection, waiting: Waiting) -> bool:
        lot, first_serial, count = waiting
        # Serials are given in the order of recording: the first one is the oldest.
        oldest = Redemptions(connection).recorded_at(lot, first_serial)
        return batch.due(waiting=count, oldest=oldest, now=self.clock(), patience=self.patience)

    def _seal(self, lot: LotId, first_serial: int, waiting: int) -> int:
        """While the crew hashes a stride, the next is read and the last is written."""
        end = first_serial + _at_once(waiting)
        hashing: Hashing = []
        sealed = 0
        for start in range(first_serial, end, _STRIDE):
            tasks = self._tasks(lot, start, min(_STRIDE, end - start))
            before, hashing = hashing, list(zip(tasks, self.crew.begin(tasks), strict=True))
            sealed += self._written(before)
        return sealed + self._written(hashing)

    def _written(self, hashing: Hashing) -> int:
        """How many batches: nothing is kept of a stride or all of it."""
        now = self.clock()
        sealed = [_batch(task, done.result(), now) for task, done in hashing]
        if sealed:
            with self.engine.begin() as connection:
                _keep(connection, sealed)
                reached("batch.before_commit")
            reached("batch.after_commit")
        return len(sealed)

    def _tasks(self, lot: LotId, first_serial: int, count: int) -> list[Task]:
        """What is to be hashed, a batch each."""
        with self.engine.connect() as connection:
            end = first_serial + count
            return [
                Task(lot, start, *gathered(connection, lot, start, min(CAPACITY, end - start)))
                for start in range(first_serial, end, CAPACITY)
            ]


def _keep(connection: Connection, sealed: Sequence[Batch]) -> None:
    lot, first_serial = sealed[0].lot, sealed[0].first_serial
    count = sum(one.count for one in sealed)
    programme = Lots(connection).seal(lot, first_serial, count)
    if programme is None:
        raise BatchMoved(f"lot {lot} was sealed from {first_serial} on by another worker")
    Batches(connection).add(sealed, programme)


def _batch(task: Task, done: Done, now: datetime) -> Batch:
    return Batch(
        id=BatchId(0),  # the database gives it
        state=BatchState.SEALED,
        lot=task.lot,
        first_serial=task.first_serial,
        holders=done.holders,
        root=done.root,
        sealed_at=now,
    )


def _at_once(waiting: int) -> int:
    """Whole batches while there are any: only what is left over makes a smaller one."""
    return min(waiting - waiting % CAPACITY, _MOST) or waiting
