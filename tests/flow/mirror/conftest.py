"""A registry that signs whatever it is given, something between it and us, and a mirror of it."""

import pytest

from tests.fakes.registry import PUBLIC, Between, Clock, LooseRegistry, issued, serving
from treering.registry.feed import Feed
from treering.store.tables import metadata


@pytest.fixture
def engine(empty_engine):
    of_mirrors = ("mirror_", "audit_log")
    ours = [table for table in metadata.sorted_tables if table.name.startswith(of_mirrors)]
    metadata.create_all(empty_engine, tables=ours)
    return empty_engine


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def registry(clock):
    loose = LooseRegistry(clock=clock)
    loose.add(*(issued(number, 3 * number, 3 * number + 1) for number in range(5)))
    return loose


@pytest.fixture
def between(registry):
    return Between(registry.app())


@pytest.fixture
def feed(between):
    with serving(between) as url:
        client = Feed(url, PUBLIC, patience_seconds=2.0)
        yield client
        client.close()
