"""The nonce ledger in SQL: every transaction that one minter ever signed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from treering.domain.batch import BatchId
from treering.domain.flight import Attempt, Nonce
from treering.errors import BatchMoved
from treering.store.tables.books import transactions

Place = tuple[Nonce, int]  # a nonce and the number of an attempt under it


class Transactions:
    """`minter` is the address that signed, 20 bytes."""

    def __init__(self, connection: Connection, minter: bytes) -> None:
        self._connection = connection
        self._minter = minter
        self._mine = transactions.c.minter == minter

    def add(self, attempts: Sequence[Attempt]) -> None:
        """BatchMoved if another worker was faster under one of their nonces."""
        rows = [self._row(attempt) for attempt in attempts]
        try:
            self._connection.execute(transactions.insert(), rows)
        except IntegrityError as error:
            first = attempts[0].nonce
            raise BatchMoved(
                f"nonce {first} was signed by another worker, or one above it"
            ) from error

    def _row(self, attempt: Attempt) -> dict[str, object]:
        return {
            "minter": self._minter,
            "nonce": attempt.nonce,
            "attempt": attempt.number,
            "batch": attempt.batch,
            "digest": attempt.digest,
            "raw": attempt.raw,
            "tip": attempt.fees.tip,
            "cap": attempt.fees.cap,
            "after_block": attempt.after_block,
            "signed_at": attempt.signed_at,
        }

    def newest_nonce(self) -> Nonce | None:
        """The highest nonce that was ever signed."""
        newest: Nonce | None = self._connection.execute(
            select(func.max(transactions.c.nonce)).where(self._mine)
        ).scalar_one()
        return newest

    def newest_from(self, nonce: int) -> dict[Nonce, int]:
        """The newest attempt's number of every nonce from this one on."""
        query = (
            select(transactions.c.nonce, func.max(transactions.c.attempt))
            .where(self._mine, transactions.c.nonce >= nonce)
            .group_by(transactions.c.nonce)
        )
        return {Nonce(held): number for held, number in self._connection.execute(query)}

    def raw(self, places: Iterable[Place]) -> Mapping[Place, bytes]:
        """The bytes of these attempts; those that were thrown away are missing."""
        key = tuple_(transactions.c.nonce, transactions.c.attempt)
        query = select(transactions.c.nonce, transactions.c.attempt, transactions.c.raw).where(
            self._mine, key.in_(list(places)), transactions.c.raw.is_not(None)
        )
        return {
            (Nonce(nonce), number): bytes(raw)
            for nonce, number, raw in self._connection.execute(query)
        }

    def digests(self, nonce: Nonce) -> dict[bytes, BatchId | None]:
        """The hashes of all attempts under a nonce, with the batch that each would mint."""
        query = select(transactions.c.digest, transactions.c.batch).where(
            self._mine, transactions.c.nonce == nonce
        )
        return {bytes(digest): batch for digest, batch in self._connection.execute(query)}

    def nonces_of(self, batch: BatchId) -> int:
        """Under how many nonces a batch was signed."""
        query = select(func.count(transactions.c.nonce.distinct())).where(
            transactions.c.batch == batch
        )
        return int(self._connection.execute(query).scalar_one())

    def sent(self, places: Iterable[Place], now: datetime) -> None:
        """Note when a node first took these."""
        key = tuple_(transactions.c.nonce, transactions.c.attempt)
        self._connection.execute(
            update(transactions)
            .where(self._mine, key.in_(list(places)), transactions.c.sent_at.is_(None))
            .values(sent_at=now)
        )

    def throw_away(self, batch_ids: Iterable[BatchId]) -> None:
        """The bytes of batches that are final: the chain holds them for good."""
        self._connection.execute(
            update(transactions)
            .where(self._mine, transactions.c.batch.in_(list(batch_ids)))
            .values(raw=None)
        )

    def forget_from(self, nonce: int) -> None:
        """What a chain that was cut short never saw; no batch flies under these any more."""
        self._connection.execute(
            delete(transactions).where(self._mine, transactions.c.nonce >= nonce)
        )
