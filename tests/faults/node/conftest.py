"""A world for each test, with keys that are made once."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial

import pytest
from sqlalchemy import create_engine, text

from tests.faults.node import worlds
from tests.faults.node.oracle import check
from tests.faults.node.world import Keys, World
from tests.faults.node.worlds import prepare
from treering.chain.keys import KeyFolder


@pytest.fixture(scope="session")
def fault_keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFolder:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def template(postgres: str, fault_keys: KeyFolder) -> str:
    """URL of the database that every world begins with a copy of."""
    server = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE fault_template"))
    server.dispose()
    url = postgres.replace("/postgres?", "/fault_template?")
    prepare(url, fault_keys)
    return url


NewWorld = Callable[..., AbstractContextManager[World]]


@pytest.fixture
def new_world(template: str, fault_keys: KeyFolder) -> NewWorld:
    """Makes a world, with `worlds.world`'s options."""
    return partial(worlds.world, template, fault_keys)


@pytest.fixture
def world(new_world: NewWorld) -> Iterator[World]:
    """Finality two blocks behind the head."""
    with new_world() as made:
        yield made


@pytest.fixture
def public_world(new_world: NewWorld) -> Iterator[World]:
    """Finality 64 blocks behind the head, as on a public network."""
    with new_world(finality=64) as made:
        yield made


@pytest.fixture
def two_nodes(new_world: NewWorld) -> Iterator[World]:
    """The same chain behind two addresses."""
    with new_world(nodes=2) as made:
        yield made


def ends_well(world: World) -> None:
    """The faults are over: the rest happens by itself, and the audit agrees."""
    for proxy in world.proxies:
        proxy.behave()
    world.settle()
    check(world)
