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
from treering.errors import ExchangeUnderWay
from treering.store.exchanges import Exchanges
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
        """What the registry's log has withdrawn is taken back here; whether there was any."""
        with self.engine.connect() as connection:
            fallen = Exchanges(connection, self.vault).withdrawn_in_the_mirror(feed)
        for exchange in fallen:
            _log.info("the registry withdrew a certificate", exchange=str(exchange.id))
            self._withdrawn(exchange, EndedBy.REGISTRY)
        return bool(fallen)

    def _withdrawn(self, exchange: Exchange, by: EndedBy) -> None:
        with self.engine.begin() as connection:
            Exchanges(connection, self.vault).withdrawn(exchange, by, self.clock())
