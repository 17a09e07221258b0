"""Oversee: what an operator sees at one look. A silent node or registry leaves gaps, no error."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine

from treering.chain.keys import KeyFolder, minter_name
from treering.chain.ledger import Ledger, LedgerAt
from treering.chain.node import Node, quantity
from treering.domain.checkup import held
from treering.domain.overview import Alarm, Minter, MirrorNow, NodeNow, Overview
from treering.domain.reconciliation import Reconciled
from treering.errors import WrongChain
from treering.flow.mirroring import state as mirror_state
from treering.flow.overseeing.doctor import minters
from treering.flow.showing.counts import Tally
from treering.flow.verifying.findings import NO_ANSWER
from treering.store import alarms, programmes, queue
from treering.store.runs import Runs


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
                reconciled=self._reconciled(connection),
                alarms=tuple(alarms.last(connection)),
                as_of=self.clock(),
            )

    def keep(self, sounded: Sequence[Alarm]) -> None:
        """Alarms of a worker, for every operator to see."""
        with self.engine.begin() as connection:
            alarms.keep(connection, sounded)

    def _reconciled(self, connection: Connection) -> Reconciled:
        runs = Runs(connection)
        made, tried = runs.last(made=True), runs.last(made=False)
        return Reconciled(made=made, tried=tried, open=runs.open_by_kind())

    def _ledger_now(self) -> LedgerAt | None:
        try:
            return self.ledger.at("latest")
        except (*NO_ANSWER, WrongChain):
            return None

    def _node(self, node: Node) -> NodeNow:
        try:
            node.vet()
            head = node.block("latest")
        except (*NO_ANSWER, WrongChain) as error:
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
            self._minter(code, number, in_flight.get(code, 0), at)
            for code, number in programmes.numbers(connection).items()
        ]

    def _minter(self, code: str, number: int, in_flight: int, at: LedgerAt | None) -> Minter:
        address = self.keys.address(minter_name(code))
        unknown = Minter(
            programme=code, address=address, balance=None, nonce=None, in_flight=in_flight
        )
        if not (at and address):
            return unknown
        try:
            balance, nonce = at.balance(address), self._nonce(address)
            fault = self._fault(at, address, code, number)
        except NO_ANSWER:
            return unknown
        return replace(unknown, balance=balance, nonce=nonce, fault=fault)

    def _fault(self, at: LedgerAt, address: str, code: str, number: int) -> str | None:
        """As the doctor says it."""
        price = quantity(self.ledger.node.call("eth_gasPrice"))
        found = held(minters.of_minter(at, address, code, number, price)).get(code)
        return f"{found.code} {found.said}" if found else None

    def _nonce(self, address: str) -> int:
        return quantity(self.ledger.node.call("eth_getTransactionCount", address, "latest"))

    def _mirror(self) -> MirrorNow | None:
        if self.feed is None:
            return None
        found = mirror_state.status(self.engine, self.feed, self.clock)
        if found is None:
            return MirrorNow(feed=self.feed, entries=None, age=None)
        return MirrorNow(feed=self.feed, entries=found.held.head.size, age=found.age)
