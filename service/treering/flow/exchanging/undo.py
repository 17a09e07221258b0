"""Undo: an exchange taken back on one side is taken back on the other.

The registry's log, a programme, or the chain says so first; it is noted here in one commit, and
`exchange` carries it out: the certificate withdrawn, the records released.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Engine

from treering.domain.exchange import EndedBy, Exchange, ExchangeState
from treering.errors import ExchangeUnderWay, RecordFallen
from treering.flow.mirroring.state import disputed
from treering.store.exchanges import Exchanges
from treering.store.mirror import Mirror
from treering.store.vault import Vault

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Undoing:
    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]

    def withdraw(self, exchange: Exchange) -> Exchange:
        """On the programme's word, for the holder; one that has ended stays as it ended.

        ExchangeUnderWay until it is claimed: a worker may be about to."""
        if exchange.state in (ExchangeState.APPLIED, ExchangeState.ISSUED):
            raise ExchangeUnderWay(str(exchange.id))
        if exchange.state is ExchangeState.CLAIMED:
            self._withdrawn(exchange, EndedBy.PROGRAMME)
        with self.engine.connect() as connection:
            held = Exchanges(connection, self.vault).get(exchange.id)
        assert held, "an exchange is never deleted"
        return held

    def notice(self, feed: str) -> bool:
        """What the registry's log has withdrawn is taken back here, but for what it contradicted
        itself or another source about: that waits for a person. Whether there was any."""
        with self.engine.connect() as connection:
            said = Exchanges(connection, self.vault).withdrawn_in_the_mirror(feed)
            fallen = [one for one in said if not disputed(connection, feed, one.trees)]
        for exchange in fallen:
            _log.info("the registry withdrew a certificate", exchange=str(exchange.id))
            self._withdrawn(exchange, EndedBy.REGISTRY)
        return bool(fallen)

    def fallen(self, since: int) -> int:
        """What the chain has revoked or replaced after this block is taken back here; up to
        which block it is done."""
        with self.engine.connect() as connection:
            fallen, newest = Exchanges(connection, self.vault).with_fallen_records(since)
        for exchange in fallen:
            _log.info("a record of an exchange fell", exchange=str(exchange.id))
            self._withdrawn(exchange, EndedBy.CHAIN, RecordFallen.code)
        return newest

    def look_again(self, feed: str) -> bool:
        """All of it once more: what fell before our books said that it was claimed."""
        self.fallen(-1)
        return self.notice(feed)

    def watched(self, feed: str) -> Callable[[], bool]:
        """`fallen` for what is new, and `notice` whenever the mirror has grown."""
        seen = block = -1

        def look() -> bool:
            nonlocal seen, block
            block = self.fallen(block)
            with self.engine.connect() as connection:
                held = Mirror(connection, feed).held()
            if held is None or held.head.size == seen:
                return False
            seen = held.head.size
            return self.notice(feed)

        return look

    def _withdrawn(self, exchange: Exchange, by: EndedBy, reason: str = "") -> None:
        with self.engine.begin() as connection:
            Exchanges(connection, self.vault).withdrawn(exchange, by, self.clock(), reason)
