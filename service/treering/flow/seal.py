"""Seal: fix the next consecutive records of a lot as one batch, with its root."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from treering.domain import batch
from treering.domain.batch import Batch, BatchId, BatchState
from treering.domain.merkle import MerkleTree
from treering.domain.record import LotId, Record, tree_id
from treering.errors import BatchMoved
from treering.failpoint import reached
from treering.store.batches import Batches
from treering.store.holders import Holders
from treering.store.lots import Lots
from treering.store.redemptions import Redemptions
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
            oldest = Redemptions(connection).oldest_from(lot, first_serial)
            assert oldest, "a lot's asked is the sum of its redemptions"
            if not batch.due(waiting=waiting, oldest=oldest, now=now, patience=self.patience):
                return False
            count = min(waiting, batch.CAPACITY)
            words = self._words(connection, lot, first_serial, count)
            self._keep(connection, lot, first_serial, words, now)
            reached("batch.before_commit")
        reached("batch.after_commit")
        return True

    def _keep(
        self,
        connection: Connection,
        lot: LotId,
        first_serial: int,
        words: list[bytes],
        now: datetime,
    ) -> None:
        lots = Lots(connection)
        if not lots.seal(lot, first_serial, len(words)):
            raise BatchMoved(f"lot {lot} was sealed from {first_serial} on by another worker")
        sealed = Batch(
            id=BatchId(0),
            state=BatchState.SEALED,
            lot=lot,
            first_serial=first_serial,
            holders=b"".join(word[12:] for word in words),
            root=MerkleTree.over(words).root,
            sealed_at=now,
        )
        Batches(connection).add(sealed, lots.get(lot).programme)

    def _words(
        self, connection: Connection, lot: LotId, first_serial: int, count: int
    ) -> list[bytes]:
        stretches = list(Redemptions(connection).stretches(lot, first_serial, count))
        secrets = Holders(connection, self.vault).secrets({s.holder for s in stretches})
        words = []
        for stretch in stretches:
            secret = secrets[stretch.holder]
            for serial in range(stretch.first_serial, stretch.first_serial + stretch.count):
                commitment = secret.commitment(tree_id(lot, serial))
                words.append(Record(lot, serial, commitment).word)
        assert len(words) == count, "serials have no gap"
        return words
