"""One programme's whole pipeline over a node that can be made to fail: redeem, seal, mint.

The engine speaks to Anvil through the misbehaving proxy; the test moves Anvil directly, block
by block. PostgreSQL, the contract and every part of the engine are real. Time is told.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from eth_account.signers.local import LocalAccount
from sqlalchemy import Engine, text

from tests.chain_kit import Chain
from tests.faults.proxy import Proxy
from treering import worker
from treering.chain.keys import KeyFolder, minter_name
from treering.chain.ledger import Ledger
from treering.chain.node import Node, quantity
from treering.chain.nodes import Nodes
from treering.chain.sender import Call
from treering.domain.record import lot_id
from treering.domain.redemption import Wish
from treering.errors import ChainUnavailable, NodeRefused
from treering.flow.minting.terms import Terms
from treering.flow.parts import Parts
from treering.store.clock import utc_now

PROGRAMME = "ANT_FOREST"
LOT = lot_id(1, 277)
CAPACITY = 150_000
BEGIN = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TURN = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Keys(KeyFolder):
    """Opens each keystore once: worlds end and begin by the dozen."""

    def account(self, name: str) -> LocalAccount:
        return _opened(self.folder, name)


@cache
def _opened(folder: Path, name: str) -> LocalAccount:
    return KeyFolder(folder).account(name)


@dataclass(frozen=True)
class Entry:
    """A batch as our books have it."""

    id: int
    lot: int
    first_serial: int
    count: int
    root: bytes
    state: str
    nonce: int | None
    reason: str | None


@dataclass
class World:
    """`acknowledged` is kept outside of the system: key → (first serial, count)."""

    engine: Engine
    keys: KeyFolder
    chain: Chain
    proxies: list[Proxy]
    finality: int = 2
    now: datetime = BEGIN
    seconds: float = 0.0  # of the monotonic clock
    highest: int = 0  # the chain's highest head so far
    confirmations: int | None = None
    fee_ceiling: int = 200 * 10**9
    embedded: bool = False
    patience: float = 20.0  # seconds for an answer: tests may share a busy machine
    acknowledged: dict[str, tuple[int, int]] = field(default_factory=dict)
    another: list[worker.Step] | None = None

    @property
    def proxy(self) -> Proxy:
        return self.proxies[0]

    @property
    def minter(self) -> LocalAccount:
        return self.keys.account(minter_name(PROGRAMME))

    def clock(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.seconds

    def start(self) -> None:
        """A worker's life begins, with the steps that `treering worker` takes."""
        self.parts = self._parts()
        self.parts.start_work()
        self.steps = self._steps(self.parts)

    def _steps(self, parts: Parts) -> list[worker.Step]:
        mint = next(m for m in parts.mints() if m.programme == PROGRAMME)
        return [
            worker.Every(10, parts.check_identity, self.monotonic),
            worker.Every(1, parts.watch.step, self.monotonic),
            replace(mint, monotonic=self.monotonic).step,
            worker.Every(10, parts.lookout.look, self.monotonic),
        ]

    def _parts(self) -> Parts:
        places = [Node(proxy.url, timeout_seconds=self.patience) for proxy in self.proxies]
        node = places[0] if len(places) == 1 else Nodes(places)
        terms = Terms(confirmations=self.confirmations, ceiling=self.fee_ceiling)
        return Parts(
            engine=self.engine,
            keys=self.keys,
            ledger=Ledger(node, self.chain.contract, self.confirmations),
            base_url="https://trees.example",
            embedded=self.embedded,
            terms=terms,
            clock=self.clock,
            machine_clock=utc_now,
        )

    def redeem(self, units: int = 1) -> None:
        """Somebody redeems, and writes down what he was told."""
        key = f"key-{len(self.acknowledged)}"
        wish = Wish(lot=f"{PROGRAMME}-277", holder=f"holder of {key}", name="张三", count=units)
        made = self.parts.redeem(PROGRAMME, key, wish).redemption
        self.acknowledged[key] = (made.first_serial, made.count)

    def seal(self) -> int:
        return self.parts.sealer(timedelta(0)).seal_due()

    def sealed(self, *sizes: int) -> None:
        """A sealed batch of each size, in this order."""
        for size in sizes:
            self.redeem(size)
            assert self.seal() == 1

    def step(self) -> bool:
        """One round of the worker, with the worker's own manners."""
        return worker.take(self.steps)

    def step_of_another(self) -> bool:
        """One round of a second worker, which remembers nothing that the first one does."""
        self.another = self.another or self._steps(self._parts())
        return worker.take(self.another)

    def revive(self) -> None:
        """The worker starts again, as often as the node keeps it from starting."""
        for _ in range(20):
            try:
                self.start()
            except (ChainUnavailable, NodeRefused):
                continue
            return
        raise AssertionError("the worker never started")

    def turn(self, blocks: int = 1) -> None:
        """A step, blocks, and half a minute."""
        self.step()
        self.mine(blocks)
        self.pass_by(TURN)

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds
        self.now += timedelta(seconds=seconds)

    def mine(self, blocks: int = 1) -> None:
        self.chain.mine(blocks)
        self.highest = max(self.highest, self.chain.node.block("latest").number)

    def not_final(self) -> int:
        """How many of the newest blocks were never final."""
        head = self.chain.node.block("latest").number
        self.highest = max(self.highest, head)
        return max(0, head - (self.highest - self.finality))

    def work(self, turns: int) -> None:
        """So many turns; whatever ends a worker ends them."""
        for _ in range(turns):
            self.turn()

    def settle(self, turns: int = 40) -> None:
        """Turn after turn, until all that was sealed is final."""
        for _ in range(turns):
            if self.states() <= {"final"}:
                return
            self.turn(self.finality // 2)
        raise AssertionError(f"not final after {turns} turns: {self.books()}")

    def books(self) -> list[Entry]:
        """Our batches, read by plain SQL."""
        query = "SELECT id, lot, first_serial, count, root, state, nonce, reason FROM batches"
        with self.engine.connect() as connection:
            rows = connection.execute(text(query + " ORDER BY lot, first_serial"))
            return [Entry(*row[:4], bytes(row[4]), *row[5:]) for row in rows]

    def states(self) -> set[str]:
        return {entry.state for entry in self.books()}

    def call(self, method: str, *params: object) -> Any:
        """Straight to the node, past the proxy."""
        return self.chain.node.call(method, *params)

    def nonce(self, tag: str = "latest") -> int:
        return quantity(self.call("eth_getTransactionCount", self.minter.address, tag))

    def waiting(self) -> int:
        """How many transactions the pool holds, those behind a gap too."""
        status = self.call("txpool_status")
        return quantity(status["pending"]) + quantity(status["queued"])

    def foreign(self, nonce: int | None = None, call: Call | None = None) -> bytes:
        """A transaction that somebody else made with the minter's key: empty, to itself."""
        fields: dict[str, Any] = {
            "type": 2,
            "chainId": quantity(self.call("eth_chainId")),
            "nonce": self.nonce() if nonce is None else nonce,
            "value": 0,
            "gas": 2_000_000 if call else 21_000,
            "maxFeePerGas": 500 * 10**9,
            "maxPriorityFeePerGas": 400 * 10**9,
            "to": call.to if call else self.minter.address,
            "data": call.data if call else b"",
        }
        return bytes(self.minter.sign_transaction(fields).raw_transaction)

    def hand_over(self, raw: bytes) -> None:
        """To the node, past the proxy."""
        self.call("eth_sendRawTransaction", "0x" + raw.hex())
