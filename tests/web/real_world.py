"""The web's world made of real parts: PostgreSQL, Anvil, TreeLedger, and all flows between.

The scene is built once: the example programme in a database and on a ledger. Worlds play on
it one after the other; when one ends, database and chain are set back.
"""

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from threading import Event
from typing import Any

from eth_account.signers.local import LocalAccount
from sqlalchemy import create_engine, text

from tests.chain_kit import Chain
from tests.fakes.books import NOW
from tests.fakes.lying_node import Answer, Lie, lying_node, with_id
from tests.ports import free_port
from treering.chain.keys import KeyFolder
from treering.chain.node import Node
from treering.domain.number import parse
from treering.domain.recount.events import Reason
from treering.flow.assembly import assemble
from treering.flow.caring.withdraw import Farewell
from treering.flow.minting.mint import Mint
from treering.flow.parts import Parts
from treering.flow.publish import names_of_keys
from treering.flow.service import Service
from treering.settings import Settings
from treering.store import identity
from treering.store.migrate import migrate

_names = (f"scene_{number}" for number in itertools.count(1))
# Tables that worlds fill.
_PLAYED = (
    "holders, redemptions, redemption_keys, loads, load_cells, "
    "batches, transactions, exchanges, exchange_trees, exchange_keys, exchange_decisions, "
    "eligibilities, evidence, signed_statements, inspection_sheets, "
    "hidden_names, guardians, erasures, name_corrections, tombstones, forgotten"
)


@dataclass(frozen=True, slots=True)
class Keys(KeyFolder):
    """Secrets in the folder; accounts are the chain kit's, which need no keystore opened."""

    chain: Chain

    def account(self, name: str) -> LocalAccount:
        return self.chain.account(name)


@dataclass(frozen=True)
class Scene:
    """`postgres` is the URL of the server's maintenance database, `database` the scene's name."""

    chain: Chain
    postgres: str
    database: str
    keys: Keys

    def parts(self, base_url: str) -> Parts:
        """As a process of the product puts them together, but for the clock."""
        assembled = assemble(
            database_url=self.postgres.replace("/postgres?", f"/{self.database}?"),
            rpc_url=self.chain.node.url,
            contract=self.chain.contract,
            keys=self.keys.folder,
            base_url=base_url,
        )
        fonts = Settings.from_environ({}).fonts
        return replace(assembled, keys=self.keys, clock=lambda: NOW, fonts=fonts)

    def on_server(self, *commands: str) -> None:
        """SQL outside of any transaction."""
        engine = create_engine(self.postgres, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for command in commands:
                connection.execute(text(command))
        engine.dispose()


@dataclass
class RealWorld:
    scene: Scene
    parts: Parts
    asked: int = 0
    unanswered: int = 0
    ended: Event = field(default_factory=Event)
    stack: ExitStack = field(default_factory=ExitStack)

    @property
    def services(self) -> Service:
        return self.parts.service

    @property
    def api_key(self) -> str:
        return self.parts.example.api_key("ANT_FOREST")

    @property
    def other_api_key(self) -> str:
        return self.parts.example.api_key("OCEAN_BUDDY")

    def seal(self) -> None:
        while self.parts.sealer(timedelta(0)).seal_due():
            pass

    def mine(self) -> None:
        while self._step():
            self.scene.chain.mine()

    def settle(self) -> None:
        self.seal()
        self.mine()
        self.scene.chain.finalise()
        self._step()

    def revoke(self, number: str) -> None:
        self.scene.chain.act("revoker", "revoke", [parse(number).tree], Reason.NOT_PLANTED)
        self.scene.chain.finalise()

    def replace(self, number: str, successor: str) -> None:
        old, new = parse(number).tree, parse(successor).tree
        self.scene.chain.act("revoker", "replace", old, new)
        self.scene.chain.finalise()

    def halt(self, why: str) -> None:
        """As a worker does that found books and chain to differ."""
        with self.parts.engine.begin() as connection:
            identity.halt(connection, why, self.parts.clock())
        self.parts.service.halt.monotonic = lambda: float("inf")  # time has passed

    def withdraw(self, holder: str) -> None:
        Farewell(self.parts.engine, self.parts.vault).withdraw("ANT_FOREST", holder)

    def silence(self) -> None:
        """Nobody listens at the node's address any more."""
        self.parts.ledger.node.url = f"http://127.0.0.1:{free_port()}"

    def freeze(self, after: int = 0, patience: float = 1.0) -> None:
        """After so many answers the node takes requests, and leaves them all unanswered.

        The service waits `patience` seconds for each: less than in production, to save time.
        """

        def freeze(_method: str, _params: list[Any], answer: Answer) -> Answer:
            if self.asked > after:
                self.unanswered += 1
                self.ended.wait()
            return answer

        self._lie(freeze)
        self.parts.ledger.node._client.timeout = patience

    def refuse(self) -> None:
        """The node says no to whatever it is asked."""
        no = {"code": -32000, "message": "header not found"}
        self._lie(lambda _method, _params, answer: with_id(answer, error=no))

    def lose_database(self) -> None:
        """It takes no connections, and ends those that it has."""
        self.scene.on_server(
            f"ALTER DATABASE {self.scene.database} ALLOW_CONNECTIONS false",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{self.scene.database}'",
        )

    def find_database(self) -> None:
        self.scene.on_server(f"ALTER DATABASE {self.scene.database} ALLOW_CONNECTIONS true")

    def elsewhere(self, number: str) -> dict[str, Any]:
        office = self.parts.office
        abroad = replace(office, network=replace(office.network, chain_id=11155111))
        return abroad.credential(abroad.find(number))

    @cached_property
    def _mints(self) -> list[Mint]:
        return self.parts.mints()

    def _step(self) -> bool:
        moved = [mint.step() for mint in self._mints]
        return any(moved)

    def _lie(self, lie: Lie) -> None:
        def counted(method: str, params: list[Any], answer: Answer) -> Answer:
            self.asked += 1
            return lie(method, params, answer)

        truth = self.scene.chain.node.url
        self.parts.ledger.node.url = self.stack.enter_context(lying_node(truth, counted))


@contextmanager
def scene(anvil: Node, postgres: str, folder: Path) -> Iterator[Scene]:
    """The example programme, published by its own means."""
    before = anvil.call("evm_snapshot")
    chain = Chain(anvil)
    chain.deploy()
    built = Scene(chain, postgres, next(_names), Keys(folder, chain))
    built.on_server(
        f"CREATE DATABASE {built.database}",
        # Nothing is lost but what a crash of this machine would lose, and a third of the time.
        f"ALTER DATABASE {built.database} SET synchronous_commit = off",
    )
    _publish(built, built.parts("https://treering.example"))
    yield built
    built.on_server(f"DROP DATABASE {built.database} WITH (FORCE)")
    anvil.call("evm_revert", before)


@contextmanager
def real_world(scene: Scene, base_url: str) -> Iterator[RealWorld]:
    """A world on the scene, of which nothing stays."""
    before = scene.chain.node.call("evm_snapshot")
    world = RealWorld(scene, scene.parts(base_url))
    yield world
    world.ended.set()
    world.stack.close()
    world.find_database()
    with world.parts.engine.begin() as connection:
        if connection.execute(text("SELECT EXISTS (SELECT FROM lots WHERE asked > 0)")).scalar():
            connection.execute(text(f"TRUNCATE {_PLAYED}"))
            connection.execute(text("UPDATE lots SET asked = 0, sealed = 0 WHERE asked > 0"))
        identity.resume(connection)
    world.parts.engine.dispose()
    scene.chain.node.call("evm_revert", before)


def _publish(built: Scene, parts: Parts) -> None:
    migrate(parts.engine)
    for name in names_of_keys():
        built.chain.account(name)
    built.chain.node.call("evm_setAutomine", True)
    parts.example.load()
    parts.example.publish(parts.admin)
    built.chain.node.call("evm_setAutomine", False)
    built.chain.finalise()
    parts.check_identity()
    parts.engine.dispose()
