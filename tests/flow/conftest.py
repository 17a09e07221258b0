"""A small world for the flow: database with the example programme, chain with forest no. 277."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.chain_kit import Chain
from treering.chain.keys import KeyFolder
from treering.chain.minting import Minting
from treering.domain.redemption import Wish
from treering.flow.mint import Mint
from treering.flow.publish import Example
from treering.flow.redeem import Desk
from treering.flow.seal import Sealer
from treering.store.tables import metadata
from treering.store.vault import Vault

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
WISH = Wish(lot="ANT_FOREST-277", holder="user-1", name="张三")


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, span: timedelta) -> None:
        self.now += span


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault() -> Vault:
    return Vault(b"\5" * 32)


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    metadata.create_all(empty_engine)
    return empty_engine


@pytest.fixture
def example(engine: Engine, vault: Vault, clock: Clock, tmp_path: Path) -> Example:
    loaded = Example(engine, vault, KeyFolder(tmp_path / "keys"), clock)
    loaded.load()
    return loaded


@pytest.fixture
def desk(engine: Engine, vault: Vault, clock: Clock, example: Example) -> Desk:
    return Desk(engine, vault, clock)


@pytest.fixture
def sealer(engine: Engine, vault: Vault, clock: Clock) -> Sealer:
    return Sealer(engine, vault, clock, patience=timedelta(seconds=0))


@pytest.fixture
def forest(chain: Chain) -> Chain:
    """The chain with forest no. 277 opened and endorsed for 150,000."""
    chain.open_lot(277, endorsed=150_000)
    return chain


@pytest.fixture
def mint(engine: Engine, forest: Chain) -> Mint:
    return Mint(engine, "ANT_FOREST", Minting(forest.ledger, forest.account("minter")))
