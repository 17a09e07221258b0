"""What minting needs of the chain, and the nonce ledger's side of a step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy import Engine

from treering.domain.anchor import Cost, Horizon, Sight
from treering.domain.batch import Batch
from treering.domain.fees import Fees
from treering.domain.flight import Attempt, Flight, Nonce
from treering.domain.mempool import Reply
from treering.failpoint import reached
from treering.flow.minting.terms import Terms
from treering.store.transactions import Place, Transactions

_log = structlog.get_logger(__name__)
_TAKEN = (Reply.TAKEN, Reply.KNOWN)


class Chain(Protocol):
    """One minter on one ledger."""

    @property
    def address(self) -> bytes: ...
    def horizon(self) -> Horizon: ...
    def look(self, flights: Sequence[Flight], horizon: Horizon) -> list[Sight]: ...
    def receipts(self, digests: Sequence[bytes]) -> list[bool | None]: ...
    def costs(self, digests: Sequence[bytes]) -> list[Cost | None]: ...
    def gas_of(self, count: int) -> int: ...
    def refusal(self, batch: Batch) -> str | None: ...
    def sign(self, batch: Batch | None, nonce: Nonce, fees: Fees) -> bytes: ...
    def send(self, raw: bytes) -> tuple[Reply, str]: ...


@dataclass
class Minter:
    """One programme's minter: what it may do, and what it remembers of this process's sendings.

    What it remembers may be lost: it only says when to send again, and what was said before.
    """

    engine: Engine
    programme: str
    chain: Chain
    terms: Terms
    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    nonce_floor: int = 0  # below it all nonces are known to be used
    _sent: dict[Place, float] = field(default_factory=dict)
    _first_taken: dict[Place, float] = field(default_factory=dict)
    _refused: set[Place] = field(default_factory=set)
    _used: set[Place] = field(default_factory=set)
    _told: dict[str, str] = field(default_factory=dict)

    def send(self, place: Place, raw: bytes) -> Reply:
        """Hand over bytes once more that are in our books; note when a node first took them."""
        reply = self._hand_over(place, raw, again=True)
        if reply in _TAKEN:
            self._note([place])
        return reply

    def send_all(self, attempts: Sequence[Attempt]) -> None:
        """For the first time, with one note of all that were taken, also if a node falls silent
        amid."""
        taken: list[Place] = []
        try:
            for attempt in attempts:
                place = (attempt.nonce, attempt.number)
                if self._hand_over(place, attempt.raw, again=False) in _TAKEN:
                    taken.append(place)
        finally:
            if taken:
                self._note(taken)

    def _hand_over(self, place: Place, raw: bytes, *, again: bool) -> Reply:
        self._sent[place] = self.monotonic()
        _log.info("transaction sent", programme=self.programme, nonce=place[0], again=again)
        reply, words = self.chain.send(raw)
        reached("tx.sent_not_noted")
        if reply in _TAKEN:
            self._first_taken.setdefault(place, self.monotonic())
        elif reply is Reply.UNDERPRICED:
            self._refused.add(place)
        elif reply is Reply.NONCE_USED:
            self._used.add(place)
        else:
            self.tell_once("send", reply.value, nonce=place[0], why=words)
        return reply

    def _note(self, places: Sequence[Place]) -> None:
        with self.engine.begin() as connection:
            Transactions(connection, self.chain.address).sent(places, self.clock())
        self.settled("send")

    def is_due(self, place: Place) -> bool:
        """Whether to send these bytes again."""
        last = self._sent.get(place)
        return last is None or self.monotonic() - last >= self.terms.resend_seconds

    def is_stuck(self, place: Place) -> bool:
        """Whether a better offer is called for: refused as too low, or waiting for too long."""
        first = self._first_taken.get(place)
        waited = first is not None and self.monotonic() - first >= self.terms.stuck_seconds
        return waited or place in self._refused

    def is_used_up(self, place: Place) -> bool:
        """Whether a node refused these bytes since their nonce was used."""
        return place in self._used

    def forget(self, place: Place) -> None:
        for times in (self._sent, self._first_taken):
            times.pop(place, None)
        for places in (self._refused, self._used):
            places.discard(place)

    def tell_once(self, topic: str, message: str, **fields: object) -> None:
        """An alarm, once until the topic is settled or the message is another."""
        if self._told.get(topic) != message:
            self._told[topic] = message
            _log.error(message, programme=self.programme, **fields)

    def settled(self, topic: str) -> None:
        if self._told.pop(topic, None):
            _log.info("goes on", programme=self.programme, topic=topic)
