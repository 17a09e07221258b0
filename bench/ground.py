"""What a benchmark stands on: an empty PostgreSQL of its own with the example programme."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine, create_engine

from treering.chain.keys import KeyFolder
from treering.flow.publish import Example
from treering.store import embedded, identity
from treering.store.migrate import migrate
from treering.store.vault import Vault

CONTRACT = "0x" + "11" * 20


@dataclass(frozen=True)
class Ground:
    """`home` holds the keys. The books are pinned to a chain that nobody asks."""

    home: Path
    database_url: str
    engine: Engine

    @cached_property
    def keys(self) -> KeyFolder:
        return KeyFolder(self.home / "keys")

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.keys.secret("vault"))

    @cached_property
    def example(self) -> Example:
        return Example(self.engine, self.vault, self.keys, lambda: datetime.now(UTC))


@contextmanager
def ground() -> Iterator[Ground]:
    """Durable as in production: PostgreSQL's own defaults."""
    with tempfile.TemporaryDirectory(prefix="treering-bench-", dir="/var/tmp") as folder:
        home = Path(folder)
        url = embedded.start(home / "postgres")
        engine = create_engine(url)
        try:
            migrate(engine)
            made = Ground(home, url, engine)
            made.example.load()
            with engine.begin() as connection:
                pin = (31337, bytes(32), CONTRACT, bytes(32))
                identity.pin(connection, pin, datetime.now(UTC))
            yield made
        finally:
            engine.dispose()
            embedded.stop(home / "postgres")
