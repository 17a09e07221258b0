"""What the mirror's tests ask of its rows."""

import pytest
from sqlalchemy import select

from tests.fakes.registry import PUBLIC
from treering.domain.record import TreeId
from treering.errors import RegistryRefused
from treering.flow.mirroring.mirror import sync
from treering.flow.mirroring.state import interconnection
from treering.store.tables.mirror import (
    mirror_certificates,
    mirror_entries,
    mirror_heads,
    mirror_trees,
)

LOG = PUBLIC.name
TABLES = [mirror_heads, mirror_entries, mirror_certificates, mirror_trees]


def rows(engine):
    """All that the mirror holds."""
    with engine.connect() as connection:
        return [connection.execute(select(table)).all() for table in TABLES]


def tree(engine, number):
    with engine.connect() as connection:
        return interconnection(connection, LOG, TreeId(number))


def refused(engine, feed, clock, error=RegistryRefused, why=""):
    """The synchronisation is refused, and nothing of it stays."""
    before = rows(engine)
    with pytest.raises(error, match=why or None) as caught:
        sync(engine, feed, clock)
    assert rows(engine) == before
    return caught.value


def row(engine, table):
    """The only row of a table."""
    with engine.connect() as connection:
        return connection.execute(select(table)).one()
