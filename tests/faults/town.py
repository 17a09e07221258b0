"""A town of real processes: PostgreSQL, Anvil, `treering serve` and `treering worker`.

A `Stage` is built once a session: a database and a chain state with the example programme.
A `Town` plays on copies of both, so that whatever is done to one leaves no trace in the next.
"""

import itertools
import os
import shutil
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import libfaketime
from sqlalchemy import NullPool, create_engine, make_url, text

from tests.chain_kit import ANVIL, free_port
from tests.faults.journal import Answer, Journal
from tests.faults.nursery import Forked, Nursery
from tests.faults.oracle import Findings, examine
from treering.chain import deploy
from treering.chain.embedded import EmbeddedNode
from treering.chain.keys import KeyFolder
from treering.errors import TreeringError
from treering.flow.parts import assemble
from treering.flow.publish import names_of_keys
from treering.store.migrate import migrate

PATIENCE = 150.0  # for machines with much else to do
_names = itertools.count(1)


@dataclass(frozen=True)
class Stage:
    """`postgres` is the URL of a server's maintenance database, `template` a database there."""

    home: Path
    nursery: Nursery
    postgres: str
    template: str
    state: Path
    contract: str

    @property
    def keys(self) -> KeyFolder:
        return KeyFolder(self.home / "keys")


def build(home: Path, postgres: str, nursery: Nursery) -> Stage:
    """The example programme in a database and on a chain, both to be copied from."""
    template = f"faults_{next(_names)}"
    on_server(postgres, f"CREATE DATABASE {template}")
    url = database(postgres, template)
    state = home / "chain.json"
    with ExitStack() as opened:
        node = EmbeddedNode(ANVIL, free_port(), state, block_seconds=None)
        opened.callback(node.kill)
        keys = KeyFolder(home / "keys")
        for name in names_of_keys():
            node.node.call("anvil_setBalance", keys.account(name).address, hex(10**24))
        node.node.call("evm_setAutomine", True)
        admin = keys.account("admin")
        creation = deploy.Creation(admin=admin.address, admin_delay=0)
        contract = deploy.deploy(node.node, admin, creation).contract
        parts = assemble(
            database_url=url,
            rpc_url=node.url,
            contract=contract,
            keys=home / "keys",
            base_url="http://127.0.0.1",
        )
        opened.callback(parts.engine.dispose)
        migrate(parts.engine)
        parts.example.load()
        parts.example.publish(parts.admin)
        node.dump()
    return Stage(home, nursery, postgres, template, state, contract)


@dataclass
class Town:
    """`environ` is what every process is told; `pace` is the seconds between two blocks."""

    stage: Stage
    home: Path
    database_url: str
    node: EmbeddedNode = field(init=False)
    journal: Journal = field(init=False)
    pace: float = 0.05
    environ: dict[str, str] = field(default_factory=dict)
    children: list["Child"] = field(default_factory=list)
    mines: Event = field(default_factory=Event)
    _over: Event = field(default_factory=Event)
    _miner: Thread | None = None

    def open(self) -> None:
        shutil.copy(self.stage.state, self.home / "chain.json")
        self.start_node(free_port())
        self.journal = Journal("tr_" + self.stage.keys.secret("api-ANT_FOREST").hex())
        self.mines.set()
        self._miner = Thread(target=self._mine, daemon=True)
        self._miner.start()

    def close(self) -> None:
        self._over.set()
        assert self._miner
        self._miner.join()
        for child in self.children:
            child.kill()
        self.node.kill()

    def start_node(self, port: int) -> None:
        self.node = EmbeddedNode(ANVIL, port, self.home / "chain.json", block_seconds=None)

    def start(
        self,
        *words: str,
        limits: Mapping[int, int] | None = None,
        **environ: str,
    ) -> "Child":
        """A `treering` command; `environ` beside what every process of the town is told."""
        log = self.home / f"{words[0]}-{len(self.children)}.log"
        told = {**_inherited(), **self.told, **self.environ, **environ}
        child = Child(self.stage.nursery.start(words, told, log, limits), log)
        self.children.append(child)
        return child

    def serve(self, limits: Mapping[int, int] | None = None, **environ: str) -> "Web":
        """A web process, which answers already."""
        port = free_port()
        child = self.start("serve", limits=limits, TREERING_PORT=str(port), **environ)
        web = Web(child.forked, child.log, f"http://127.0.0.1:{port}", self.journal)
        self.children[-1] = web
        until(web.answers, web.check)
        return web

    def worker(self, **environ: str) -> "Child":
        return self.start("worker", **environ)

    @property
    def told(self) -> dict[str, str]:
        return {
            "TREERING_HOME": str(self.stage.home),
            "TREERING_DATABASE_URL": self.database_url,
            "TREERING_RPC_URL": self.node.url,
            "TREERING_CONTRACT": self.stage.contract,
            "TREERING_BASE_URL": "http://127.0.0.1",
            "TREERING_SEAL_SECONDS": "0",
        }

    def sql(self, statement: str, **values: Any) -> Any:
        """The rows of a query, or None."""
        engine = create_engine(self.database_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            result = connection.execute(text(statement), values)
            return result.all() if result.returns_rows else None

    def copy_database(self) -> str:
        """A backup: the name of a copy of the database as it is now."""
        name, copy = self.name, f"{self.name}_{next(_names)}"
        self._alone(name)
        on_server(self.stage.postgres, f"CREATE DATABASE {copy} TEMPLATE {name}")
        return copy

    def restore_database(self, copy: str) -> None:
        """The backup in the place of what came after it."""
        name = self.name
        on_server(
            self.stage.postgres,
            f"DROP DATABASE {name} WITH (FORCE)",
            f"ALTER DATABASE {copy} RENAME TO {name}",
        )

    @property
    def name(self) -> str:
        """Of the database."""
        return str(make_url(self.database_url).database)

    def _alone(self, name: str) -> None:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
        on_server(self.stage.postgres, f"{ended}'{name}'")

    def settled(self) -> bool:
        """Whether whatever was asked for is final."""
        waiting = "SELECT (SELECT coalesce(sum(count), 0) FROM redemptions) - "
        waiting += "(SELECT coalesce(sum(count), 0) FROM batches WHERE state = 'final')"
        return bool(self.sql(waiting)[0][0] == 0)

    def examine(self) -> Findings:
        where = (self.database_url, self.node.url, self.stage.contract)
        return examine(self.journal, *where)

    def settle(self, *, settlers: int = 1) -> Findings:
        """Healthy processes take all that is left to the chain; then the oracle speaks."""
        workers = [self.worker() for _ in range(settlers)]
        until(self.settled, *[worker.check for worker in workers])
        for worker in workers:
            worker.end()
        return self.agree()

    def replay(self, web: "Web") -> None:
        """Whoever got no answer asks again, under the same key."""
        for key in sorted(self.journal.unknown):
            assert web.redeem(key).granted

    def agree(self) -> Findings:
        """The oracle's findings, of which none may be wrong."""
        found = self.examine()
        assert found.wrong == {}
        asked = self.sql("SELECT coalesce(sum(count), 0) FROM redemptions")[0][0]
        assert found.records == asked
        return found

    def _mine(self) -> None:
        while not self._over.wait(self.pace):
            if self.mines.is_set():
                with suppress(TreeringError, OSError):
                    self.node.node.call("evm_mine")


@dataclass
class Child:
    """A process of the town, and all that it said."""

    forked: Forked
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")

    @property
    def lives(self) -> bool:
        return self.forked.poll() is None

    def check(self) -> None:
        """The test fails if it has ended by itself."""
        assert self.lives, f"status {self.forked.poll()}: {self.said[-3000:]}"

    def ended(self) -> int:
        """Its status, once it has ended."""
        until(lambda: not self.lives, lambda: None)
        status = self.forked.poll()
        assert status is not None
        return status

    def frozen(self) -> None:
        """Wait until it has frozen at its failpoint."""
        until(lambda: self.forked.is_frozen, self.check)

    def thaw(self) -> None:
        self.forked.signal(signal.SIGCONT)

    def end(self) -> int:
        """Ask it to end, as an operator does, once it listens."""
        until(lambda: not self.lives or self._listens)
        self.forked.signal(signal.SIGTERM)
        return self.ended()

    @property
    def _listens(self) -> bool:
        """Whether it has a handler of its own for SIGTERM."""
        status = Path(f"/proc/{self.forked.pid}/status").read_text()
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
        return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)

    def kill(self) -> int:
        self.forked.signal(signal.SIGKILL)
        return self.ended()


@dataclass
class Web(Child):
    url: str
    journal: Journal

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=5).is_success
        except httpx.TransportError:
            return False

    def redeem(self, key: str, **wish: Any) -> Answer:
        return self.journal.redeem(self.url, key, **wish)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", timeout=30)

    def state(self, number: str) -> str:
        """One of the eight states that a person sees."""
        answer = self.get(f"/v1/certificates/{number}/verification")
        return str(answer.json()["state"]) if answer.is_success else f"{answer.status_code}"


def faketime(clock: str, **more: str) -> dict[str, str]:
    """The environment of a process whose clock runs so, such as "-1d" or "+0 x10".

    The monotonic clock is left alone, as by whoever sets a machine's clock.
    """
    library = Path(libfaketime.__file__).parent / "vendor/libfaketime/src/libfaketime.so.1"
    told = {"LD_PRELOAD": str(library), "FAKETIME": clock, "TZ": "UTC"}
    return {**told, "FAKETIME_DONT_FAKE_MONOTONIC": "1", **more}


def until(
    happened: Callable[[], bool], *checks: Callable[[], object], patience: float = PATIENCE
) -> None:
    """Wait for what must happen, and fail at once where a check does."""
    deadline = time.monotonic() + patience
    while not happened():
        for check in checks:
            check()
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def database(postgres: str, name: str) -> str:
    return postgres.replace("/postgres?", f"/{name}?")


def on_server(postgres: str, *statements: str) -> None:
    engine = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _inherited() -> dict[str, str]:
    ours = ("TREERING_", "FAILPOINT", "FPACT")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)}
