"""The demo's stage: database, chain, contract, registry, service and worker on one machine.

Each part is started by its own means and watched: what dies is started again, and a node
that came back shorter gets the example programme again before the worker looks at it.
"""

import fcntl
import json
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import BinaryIO, TextIO

from eth_account.signers.local import LocalAccount
from sqlalchemy import NullPool, create_engine

from treering.chain import deploy
from treering.chain.embedded import EmbeddedNode
from treering.chain.keys import KeyFolder
from treering.chain.ledger import Ledger
from treering.cli import twin
from treering.cli.processes import Child
from treering.errors import CannotStart, ChainUnavailable, NodeRefused, WrongChain
from treering.flow.assembly import assemble
from treering.flow.parts import Parts
from treering.flow.publish import names_of_keys
from treering.store import embedded
from treering.store.migrate import migrate

_BALANCE = hex(10**24)  # wei for each key of ours, on our own chain alone


@dataclass
class Stage:
    """`port` is the service's; the others' are any that are free."""

    home: Path
    anvil: Path
    port: int
    out: TextIO
    database_url: str = field(default="", init=False)
    node: EmbeddedNode | None = field(default=None, init=False)
    contract: str = field(default="", init=False)
    children: dict[str, Child] = field(default_factory=dict, init=False)
    _stop: Event = field(default_factory=Event, init=False)
    _lock: BinaryIO | None = field(default=None, init=False)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def keys(self) -> KeyFolder:
        return KeyFolder(self.home / "keys")

    @property
    def chain(self) -> EmbeddedNode:
        assert self.node, "started"
        return self.node

    def start(self) -> None:
        """Start everything; CannotStart names the part that did not come up."""
        self._refuse_a_taken_port()
        self._lock_home()
        self._tell("database", self._start_database)
        self._tell("Ethereum node", lambda: self._start_chain(free_port()))
        self._tell("contract and example programme", self.publish)
        self._tell("registry (a synthetic twin)", self._start_twin)
        self._write_environment()
        self._tell("service and worker", self._start_service)

    def watch(self) -> list[str]:
        """Start again whatever has died; the names of the parts."""
        dead = []
        if not embedded.is_running(embedded.data_folder(self.home)):
            dead.append("database")
            embedded.start(embedded.data_folder(self.home))
        if self.chain.process.poll() is not None:
            dead.append("node")
            self._restart_chain()
        for name, child in self.children.items():
            if child.died is not None:
                dead.append(name)
                child.start()
        return dead

    def stop(self) -> None:
        """End what this process started, and nothing else."""
        if self._lock is None:
            return  # another demo's home
        self._stop.set()
        for child in self.children.values():
            child.stop()
        if self.node:
            with suppress(ChainUnavailable, NodeRefused, OSError):  # its last dump stands
                self.node.dump_if_worth_it()
            self.node.kill()
        if self.database_url:
            embedded.stop(embedded.data_folder(self.home))
        (self.home / "environment.json").unlink(missing_ok=True)
        self._lock.close()

    def parts(self, *, follow: bool = False) -> Parts:
        """`follow` for those that read the registry's log."""
        url, key, _ = self.registry if follow else (None, None, None)
        return assemble(
            database_url=self.database_url,
            rpc_url=self.chain.url,
            contract=self.contract,
            keys=self.home / "keys",
            base_url=self.base_url,
            embedded=True,
            registry_url=url,
            registry_key=key,
        )

    def publish(self) -> None:
        """The contract, if it is not there, and the example programme on it."""
        for account in self._accounts():
            self.chain.node.call("anvil_setBalance", account.address, _BALANCE)
        self.contract = self.contract or self._remembered_contract()
        try:
            Ledger(self.chain.node, self.contract).identity()
        except WrongChain:
            self.contract = self._deployed()
        parts = self.parts()
        parts.example.load()
        parts.example.exhibit(parts.archive)
        parts.example.publish(parts.admin)
        self.chain.dump()

    def _start_database(self) -> None:
        self.database_url = embedded.start(embedded.data_folder(self.home))
        migrate(create_engine(self.database_url, poolclass=NullPool))

    def _start_chain(self, port: int) -> None:
        self.node = EmbeddedNode(self.anvil, port, self.home / "chain.json")
        Thread(target=self.node.keep, args=(self._stop,), daemon=True).start()

    def _restart_chain(self) -> None:
        port = int(self.chain.url.rsplit(":", 1)[1])
        self._start_chain(port)
        self.publish()
        self.children["worker"].stop()  # it starts again, and looks what the chain has lost

    def _start_twin(self) -> None:
        folder = self.home / "registry"
        keys = twin.keys_in(folder)
        port = free_port()
        child = Child(
            "registry",
            ["twin", "--folder", str(folder), "--port", str(port)],
            {},
            self.home / "logs/registry.log",
        )
        child.start()
        self.children["registry"] = child
        self.registry = (f"http://127.0.0.1:{port}", str(keys.verifier), keys.submit)

    def _start_service(self) -> None:
        for name, word in (("web", "serve"), ("worker", "worker")):
            child = Child(name, [word], self.environment(), self.home / f"logs/{name}.log")
            child.start()
            self.children[name] = child

    def environment(self) -> dict[str, str]:
        """What the parts are told, and other commands in this checkout take over."""
        url, verifier_key, submit_key = self.registry
        return {
            "TREERING_HOME": str(self.home),
            "TREERING_PORT": str(self.port),
            "TREERING_BASE_URL": self.base_url,
            "TREERING_DATABASE_URL": self.database_url,
            "TREERING_RPC_URL": self.chain.url,
            "TREERING_CONTRACT": self.contract,
            "TREERING_REGISTRY_URL": url,
            "TREERING_REGISTRY_KEY": verifier_key,
            "TREERING_SUBMIT_KEY": submit_key,
            "TREERING_EMBEDDED_CHAIN": "1",
        }

    def _write_environment(self) -> None:
        path = self.home / "environment.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(self.environment(), indent=2), "utf-8")

    def _deployed(self) -> str:
        admin = self.keys.account("admin")
        creation = deploy.Creation(admin=admin.address, admin_delay=0)
        contract = deploy.deploy(self.chain.node, admin, creation).contract
        (self.home / "contract").write_text(contract, "utf-8")
        return contract

    def _remembered_contract(self) -> str:
        path = self.home / "contract"
        return path.read_text("utf-8").strip() if path.exists() else deploy.ZERO

    def _accounts(self) -> list[LocalAccount]:
        return [self.keys.account(name) for name in names_of_keys()]

    def _refuse_a_taken_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise CannotStart(
                    f"port {self.port} is taken by another program: stop it, "
                    "or choose another with TREERING_PORT"
                ) from error

    def _lock_home(self) -> None:
        """One demo in a home: the lock ends with the process that holds it, however it ends."""
        self.home.mkdir(parents=True, exist_ok=True)
        lock = (self.home / "lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise CannotStart(
                f"a demo runs in {self.home} already: stop it, "
                "or choose another folder with TREERING_HOME"
            ) from error
        self._lock = lock

    def _tell(self, name: str, act: Callable[[], None]) -> None:
        print(f"  starting {name} …", file=self.out, flush=True)
        act()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
