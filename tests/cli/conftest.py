"""A small town for the commands: database, chain, contract, registry and service, all real."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.chain_kit import ANVIL, mining
from tests.fakes.registry import KEY, PUBLIC, SUBMIT_KEY, serving
from tests.ports import free_port
from treering.chain import deploy
from treering.chain.embedded import EmbeddedNode
from treering.chain.keys import KeyFolder
from treering.cli import worker
from treering.domain.redemption import Wish
from treering.flow.assembly import assemble
from treering.flow.parts import Parts
from treering.flow.publish import names_of_keys
from treering.registry.twin import twin_app
from treering.settings import Settings
from treering.store.migrate import migrate
from treering.web.app import create_app

_BALANCE = hex(10**24)


@dataclass
class Town:
    """`environ` is what the commands are told; `numbers` are three final certificates."""

    parts: Parts
    environ: dict[str, str]
    numbers: list[str] = field(default_factory=list)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """A `treering` command as a process of its own."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("TREERING_")}
        return subprocess.Popen(
            [sys.executable, "-m", "treering.main", *words],
            env=inherited | self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def settle(self, numbers: list[str]) -> None:
        """Seal, mint and wait until these certificates are final."""
        sealer = self.parts.sealer(patience=datetime.resolution)
        steps = [lambda: sealer.seal_due() > 0, *[mint.step for mint in self.parts.mints()]]
        while not all(self.is_final(number) for number in numbers):
            worker.main(["--once"], self.parts.check_identity, lambda: [steps])

    def is_final(self, number: str) -> bool:
        batch = self.parts.office.find(number).batch
        return batch is not None and batch.state == "final"


@pytest.fixture(scope="package")
def town(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    home = tmp_path_factory.mktemp("town")
    with ExitStack() as opened:
        node = EmbeddedNode(ANVIL, free_port(), block_seconds=None)
        opened.callback(node.kill)
        opened.enter_context(mining(node.node))
        registry = opened.enter_context(
            serving(twin_app(home / "registry", KEY, lambda: datetime.now(UTC), SUBMIT_KEY))
        )
        assembled = assemble(
            database_url=_new_database(postgres),
            rpc_url=node.url,
            contract=_deployed(node, home / "keys"),
            keys=home / "keys",
            base_url="https://trees.example",
            registry_url=registry,
            registry_key=str(PUBLIC),
        )
        parts = replace(assembled, fonts=Settings.from_environ({}).fonts)
        opened.callback(parts.engine.dispose)
        parts.example.load()
        parts.example.publish(parts.admin)
        parts.check_identity()
        service = opened.enter_context(
            serving(create_app(parts.service, base_url="https://trees.example"))
        )
        yield _inhabited(parts, home, service, registry)


def _inhabited(parts: Parts, home: Path, service: str, registry: str) -> Town:
    environ = {
        "TREERING_HOME": str(home),
        "TREERING_BASE_URL": service,
        "TREERING_DATABASE_URL": parts.engine.url.render_as_string(hide_password=False),
        "TREERING_RPC_URL": parts.ledger.node.url,
        "TREERING_CONTRACT": parts.ledger.contract,
        "TREERING_REGISTRY_URL": registry,
        "TREERING_REGISTRY_KEY": str(PUBLIC),
        "TREERING_SUBMIT_KEY": SUBMIT_KEY,
    }
    town = Town(parts, environ)
    redeemed = datetime(2018, 11, 2, tzinfo=UTC)
    wish = Wish(lot="ANT_FOREST-277", holder="u", name="张三", count=3, redeemed_at=redeemed)
    town.numbers = parts.redeem("ANT_FOREST", "three", wish).numbers
    town.settle(town.numbers)
    return town


def _new_database(postgres: str) -> str:
    server = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS town WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE town"))
    server.dispose()
    url = postgres.replace("/postgres?", "/town?")
    engine = create_engine(url)
    migrate(engine)
    engine.dispose()
    return url


def _deployed(node: EmbeddedNode, folder: Path) -> str:
    keys = KeyFolder(folder)
    for name in names_of_keys():
        node.node.call("anvil_setBalance", keys.account(name).address, _BALANCE)
    admin = keys.account("admin")
    creation = deploy.Creation(admin=admin.address, admin_delay=0)
    return deploy.deploy(node.node, admin, creation).contract
