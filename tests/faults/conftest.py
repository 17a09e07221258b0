"""The stage, once a session, and a town on it for each test."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import cluster
from tests.faults.cluster import Cluster
from tests.faults.nursery import Nursery
from tests.faults.stage import Stage, build, database, on_server
from tests.faults.town import Town

_names = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On a busy machine a dozen processes take their time to start."""
    for item in items:
        if Path(__file__).parent in item.path.parents and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(400))


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    running = Nursery()
    yield running
    running.close()


@pytest.fixture(scope="session")
def stage(
    postgres: str, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    built = build(tmp_path_factory.mktemp("stage"), postgres, nursery)
    yield built
    on_server(postgres, f"DROP DATABASE {built.template} WITH (FORCE)")


@pytest.fixture(scope="session")
def golden(stage: Stage) -> Iterator[Cluster]:
    """The stage's database in a server that was stopped, to be copied."""
    made = cluster.golden(database(stage.postgres, stage.template))
    yield made
    made.remove()


@pytest.fixture
def server(golden: Cluster) -> Iterator[Cluster]:
    """A PostgreSQL of the test's own, running."""
    copied = cluster.copy(golden)
    copied.start()
    yield copied
    copied.remove()


@pytest.fixture
def lone_town(stage: Stage, server: Cluster, tmp_path: Path) -> Iterator[Town]:
    """A town on the test's own PostgreSQL."""
    built = Town(stage, tmp_path, server.url())
    built.open()
    yield built
    built.close()


@pytest.fixture
def town(stage: Stage, tmp_path: Path) -> Iterator[Town]:
    name = f"town_{next(_names)}"
    on_server(stage.postgres, f"CREATE DATABASE {name} TEMPLATE {stage.template}")
    built = Town(stage, tmp_path, database(stage.postgres, name))
    built.open()
    yield built
    built.close()
    on_server(stage.postgres, f"DROP DATABASE {name} WITH (FORCE)")
