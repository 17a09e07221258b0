"""Oversee: what an operator sees at one look. A silent node or registry leaves gaps, no error."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine

from treering.chain.keys import KeyFolder
from treering.chain.ledger import Ledger, LedgerAt
from treering.chain.node import Node, quantity
from treering.domain.overview import Alarm, Minter, MirrorNow, NodeNow, Overview
from treering.errors import OperatorOnly
from treering.flow import mirror
from treering.flow.counts import Tally
from treering.flow.findings import NO_ANSWER
from treering.flow.publish import minter_name
from treering.store import alarms, operators, programmes, queue


@dataclass(frozen=True, slots=True)
class Overseer:
    """`feed` is the origin of the registry's log, None where none is followed."""

    engine: Engine
    keys: KeyFolder
    ledger: Ledger
    tally: Tally
    clock: Callable[[], datetime]
    feed: str | None = None

    def overview(self) -> Overview:
        at = self._ledger_now()
        with self.engine.connect() as connection:
            return Overview(
                counts=tuple(self.tally.counts()),
                queue=tuple(queue.waiting(connection)),
                stopped=tuple(queue.stopped(connection)),
                minters=tuple(self._minters(connection, at)),
                nodes=tuple(self._node(node) for node in self.ledger.node.members),
                mirror=self._mirror(),
                alarms=tuple(alarms.last(connection)),
                as_of=self.clock(),
            )

    def admit(self, key: str | None) -> None:
        """OperatorOnly, unless it is an operator's living key."""
        with self.engine.connect() as connection:
            if not key or not operators.is_known(connection, key):
                raise OperatorOnly("no living key of an operator")

    def keep(self, sounded: Sequence[Alarm]) -> None:
        """Alarms of a worker, for every operator to see."""
        with self.engine.begin() as connection:
            alarms.keep(connection, sounded)

    def _ledger_now(self) -> LedgerAt | None:
        try:
            return self.ledger.at("latest")
        except NO_ANSWER:
            return None

    def _node(self, node: Node) -> NodeNow:
        try:
            head = node.block("latest")
        except NO_ANSWER as error:
            return NodeNow(name=node.name, fault=str(error))
        try:
            final, fault = node.final_block(self.ledger.confirmations).number, None
        except NO_ANSWER as error:
            final, fault = None, str(error)
        head_at = datetime.fromtimestamp(head.timestamp, UTC)
        return NodeNow(name=node.name, head=head.number, head_at=head_at, final=final, fault=fault)

    def _minters(self, connection: Connection, at: LedgerAt | None) -> list[Minter]:
        in_flight = queue.in_flight(connection)
        return [
            self._minter(code, in_flight.get(code, 0), at)
            for code in programmes.numbers(connection)
        ]

    def _minter(self, programme: str, in_flight: int, at: LedgerAt | None) -> Minter:
        address = self.keys.address(minter_name(programme))
        balance, nonce = None, None
        if at and address:
            try:
                balance, nonce = at.balance(address), self._nonce(address)
            except NO_ANSWER:
                balance, nonce = None, None
        return Minter(
            programme=programme,
            address=address,
            balance=balance,
            nonce=nonce,
            in_flight=in_flight,
        )

    def _nonce(self, address: str) -> int:
        return quantity(self.ledger.node.call("eth_getTransactionCount", address, "latest"))

    def _mirror(self) -> MirrorNow | None:
        if self.feed is None:
            return None
        found = mirror.status(self.engine, self.feed, self.clock)
        if found is None:
            return MirrorNow(feed=self.feed, entries=None, age=None)
        return MirrorNow(feed=self.feed, entries=found.held.head.size, age=found.age)
