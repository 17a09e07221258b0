"""A town of real processes: PostgreSQL, Anvil, `treering serve` and `treering worker`.

A `Stage` is built once a session: a database and a chain state with the example programme.
A `Town` plays on copies of both, so that whatever is done to one leaves no trace in the next.
"""

import itertools
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

from sqlalchemy import NullPool, create_engine, make_url, text

from tests.chain_kit import ANVIL
from tests.faults.journal import Journal
from tests.faults.oracle import Findings, examine
from tests.faults.processes import Child, Web, until
from tests.faults.stage import Stage, on_server
from tests.ports import free_port
from treering.chain.embedded import EmbeddedNode
from treering.errors import TreeringError

_names = itertools.count(1)


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
    children: list[Child] = field(default_factory=list)
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
    ) -> Child:
        """A `treering` command; `environ` beside what every process of the town is told."""
        log = self.home / f"{words[0]}-{len(self.children)}.log"
        told = {**_inherited(), **self.told, **self.environ, **environ}
        child = Child(self.stage.nursery.start(words, told, log, limits), log)
        self.children.append(child)
        return child

    def serve(self, limits: Mapping[int, int] | None = None, **environ: str) -> Web:
        """A web process, which answers already."""
        port = free_port()
        child = self.start("serve", limits=limits, TREERING_PORT=str(port), **environ)
        web = Web(child.forked, child.log, f"http://127.0.0.1:{port}", self.journal)
        self.children[-1] = web
        until(web.answers, web.check)
        return web

    def worker(self, **environ: str) -> Child:
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
        """No block is made meanwhile: after a long storm there is so much to look at that the
        node would forget the state it is asked of."""
        where = (self.database_url, self.node.url, self.stage.contract)
        mining = self.mines.is_set()
        self.mines.clear()
        try:
            return examine(self.journal, *where)
        finally:
            if mining:
                self.mines.set()

    def settle(self, *, settlers: int = 1) -> Findings:
        """Healthy processes take all that is left to the chain; then the oracle speaks."""
        workers = [self.worker() for _ in range(settlers)]
        until(self.settled, *[worker.check for worker in workers])
        for worker in workers:
            worker.end()
        return self.agree()

    def replay(self, web: Web) -> None:
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


def _inherited() -> dict[str, str]:
    ours = ("TREERING_", "FAILPOINT", "FPACT")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)}
