"""Mint: take a programme's unfinished batches one step further towards the chain.

Sign, store, send, look. Every step may be repeated, and ends in one commit before the next
begins: die between any two lines, start again, and no record is lost or minted twice.
"""

from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlalchemy import Engine

from treering.domain.anchor import Fate, Sight
from treering.domain.batch import Batch, BatchState
from treering.errors import Diverged, TransactionRefused
from treering.store.batches import Batches

_log = structlog.get_logger(__name__)


class Chain(Protocol):
    """What minting needs of a chain: one minter on one ledger."""

    def next_nonce(self) -> int: ...
    def sign(self, batch: Batch, nonce: int) -> bytes: ...
    def send(self, raw_transaction: bytes) -> None: ...
    def look(self, batch: Batch) -> Sight: ...


@dataclass(frozen=True, slots=True)
class Mint:
    """One programme's minting: one transaction on its way at a time, the oldest first."""

    engine: Engine
    programme: str
    chain: Chain

    def step(self) -> bool:
        """Take every batch a step further if it has one; False if all only wait."""
        with self.engine.connect() as connection:
            unsettled = Batches(connection).unsettled(self.programme)
        moved = [self._follow(batch) for batch in unsettled if batch.state != BatchState.SEALED]
        if any(moved):
            return True
        on_their_way = any(batch.state is BatchState.SIGNED for batch in unsettled)
        sealed = [batch for batch in unsettled if batch.state is BatchState.SEALED]
        return bool(sealed) and not on_their_way and self._sign(sealed[0])

    def _sign(self, batch: Batch) -> bool:
        nonce = self.chain.next_nonce()
        try:
            signed = batch.signed(nonce, self.chain.sign(batch, nonce))
        except TransactionRefused as error:
            self._block(batch, str(error))
            return True
        self._write(batch, signed)
        self._send(signed)
        return True

    def _follow(self, batch: Batch) -> bool:
        """Look what became of a batch that was signed or mined, and act on it."""
        sight = self.chain.look(batch)
        if sight.fate is Fate.DIVERGED:
            raise Diverged(f"batch {batch.id}: {sight.reason}")
        match sight.fate:
            case Fate.FINAL:
                assert sight.inclusion, "a final batch is in a block"
                self._write(batch, batch.final(sight.inclusion))
                return True
            case Fate.MINED:
                assert sight.inclusion, "a mined batch is in a block"
                if batch.state is BatchState.MINED and batch.inclusion == sight.inclusion:
                    return False  # more blocks will come
                self._write(batch, batch.mined(sight.inclusion))
            case Fate.UNMINED:
                return self._resend(batch)
            case Fate.SUPERSEDED:
                _log.warning("nonce taken", batch=batch.id, nonce=batch.nonce)
                self._write(batch, batch.dropped())
            case _:  # REVERTED
                self._block(batch, sight.reason or "reverted")
        return True

    def _resend(self, batch: Batch) -> bool:
        if batch.state is BatchState.MINED:
            _log.warning("block vanished", batch=batch.id)
            signed = batch.vanished()
            self._write(batch, signed)
            self._send(signed)
            return True
        self._send(batch)
        return False

    def _send(self, batch: Batch) -> None:
        assert batch.raw_transaction, "the signed_has_transaction constraint"
        self.chain.send(batch.raw_transaction)  # the same bytes, however often

    def _block(self, batch: Batch, reason: str) -> None:
        _log.error("batch refused", batch=batch.id, reason=reason)
        self._write(batch, batch.blocked(reason))

    def _write(self, before: Batch, after: Batch) -> None:
        with self.engine.begin() as connection:
            Batches(connection).replace(before, after)
        _log.info("batch moved", batch=before.id, before=before.state, after=after.state)
