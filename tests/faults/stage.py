"""The stage that all towns are copies of: a database and a chain with the example programme."""

import itertools
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.chain_kit import ANVIL
from tests.faults.nursery import Nursery
from tests.ports import free_port
from treering.chain import deploy
from treering.chain.embedded import EmbeddedNode
from treering.chain.keys import KeyFolder
from treering.flow.assembly import assemble
from treering.flow.publish import names_of_keys
from treering.store.migrate import migrate

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


def database(postgres: str, name: str) -> str:
    return postgres.replace("/postgres?", f"/{name}?")


def on_server(postgres: str, *statements: str) -> None:
    engine = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
