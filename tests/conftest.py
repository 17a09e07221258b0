"""What tests share: a real PostgreSQL, started once, and an empty database for each test."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog
from hypothesis import settings
from sqlalchemy import Engine, create_engine, text

from tests.chain_kit import ANVIL, Chain
from tests.places import new_folder
from tests.ports import free_port
from treering.chain.embedded import EmbeddedNode
from treering.chain.node import Node
from treering.store import embedded
from treering.store.migrate import migrate

settings.register_profile("treering", deadline=None)  # how long it took is for benchmarks
settings.load_profile("treering")

_names = itertools.count(1)


@pytest.fixture(autouse=True)
def logs_as_they_come() -> None:
    """A command that ran in this process has configured them for all that come after."""
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a running server's maintenance database."""
    folder = new_folder("treering-test-")
    yield embedded.start(folder / "postgres")
    embedded.stop(folder / "postgres")
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(postgres: str, template: str = "template1") -> Iterator[str]:
    """URL of a new database, dropped afterwards."""
    name = f"treering_{next(_names)}"
    server = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield postgres.replace("/postgres?", f"/{name}?")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def database_url(postgres: str) -> Iterator[str]:
    """URL of a new, empty database."""
    with database(postgres) as url:
        yield url


@pytest.fixture
def empty_engine(database_url: str) -> Iterator[Engine]:
    """An engine on an empty database, without tables."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def model(postgres: str) -> Iterator[str]:
    """Name of a database with all tables and no row: migrated once, copied ten times as fast."""
    with database(postgres) as url:
        engine = create_engine(url)
        migrate(engine)
        engine.dispose()
        yield str(engine.url.database)


@pytest.fixture
def engine(postgres: str, model: str) -> Iterator[Engine]:
    """An engine on a new database with all tables."""
    with database(postgres, model) as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def anvil() -> Iterator[Node]:
    """A running node that mines only when told to; the tests of a file share it, and none else:
    what one file left on its chain is nothing to another, in whichever order they run."""
    running = EmbeddedNode(ANVIL, free_port(), block_seconds=None)
    yield running.node
    running.kill()


@pytest.fixture
def chain(anvil: Node) -> Iterator[Chain]:
    """A new TreeLedger on the shared node, which is set back afterwards."""
    before = anvil.call("evm_snapshot")
    head = anvil.block("latest")
    deployed = Chain(anvil)
    deployed.deploy()
    yield deployed
    anvil.call("evm_revert", before)
    anvil.call("evm_setBlockGasLimit", hex(head.gas_limit))
    anvil.call("anvil_setNextBlockBaseFeePerGas", hex(head.base_fee))
