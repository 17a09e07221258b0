"""A small world for the flow: database with the example programme, chain with forest no. 277."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.chain_kit import Chain, mining
from treering.chain import deploy
from treering.chain.embedded import CHAIN_ID
from treering.chain.keys import KeyFolder
from treering.chain.ledger import Ledger
from treering.chain.minting import Minting
from treering.domain.redemption import Wish
from treering.flow.minting.crew import Crew
from treering.flow.minting.mint import Mint
from treering.flow.minting.seal import Sealer
from treering.flow.parts import Parts
from treering.flow.publish import Example, names_of_keys
from treering.flow.redeeming.redeem import Desk
from treering.store.vault import Vault

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
BASE_URL = "http://127.0.0.1:8000"
WISH = Wish(lot="ANT_FOREST-277", holder="user-1", name="张三")


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, span: timedelta) -> None:
        self.now += span


@dataclass
class Ticks:
    """A monotonic clock that is told how many seconds have passed."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(tmp_path: Path) -> KeyFolder:
    return KeyFolder(tmp_path / "keys")


@pytest.fixture
def vault(keys: KeyFolder) -> Vault:
    return Vault(keys.secret("vault"))


@pytest.fixture
def example(engine: Engine, vault: Vault, clock: Clock, keys: KeyFolder) -> Example:
    loaded = Example(engine, vault, keys, clock)
    loaded.load()
    return loaded


@pytest.fixture
def desk(engine: Engine, vault: Vault, clock: Clock, example: Example) -> Desk:
    return Desk(engine, vault, clock)


@pytest.fixture
def sealer(engine: Engine, vault: Vault, clock: Clock) -> Sealer:
    return Sealer(engine, Crew(vault), clock, patience=timedelta(seconds=0))


@pytest.fixture
def forest(chain: Chain) -> Chain:
    """The chain with forest no. 277 opened and endorsed for 150,000."""
    chain.open_lot(277, endorsed=150_000)
    return chain


@pytest.fixture
def parts(engine: Engine, keys: KeyFolder, forest: Chain, clock: Clock, example: Example) -> Parts:
    """All flows over the forest; its issuer's key is on the chain."""
    assembled = Parts(engine, keys, forest.ledger, BASE_URL, clock=clock)
    key = example.issuer_key("ANT_FOREST")
    forest.act("registrar", "setIssuerKey", 1, key.id, key.public, 1)
    assembled.check_identity()
    return assembled


@pytest.fixture
def published(chain: Chain, engine: Engine, keys: KeyFolder, clock: Clock) -> Parts:
    """All flows over the example programme, published by its own means."""
    node = chain.node
    for name in names_of_keys():
        node.call("anvil_setBalance", keys.account(name).address, hex(10**21))
    admin = keys.account("admin")
    with mining(node):
        creation = deploy.Creation(admin=admin.address, admin_delay=0)
        contract = deploy.deploy(node, admin, creation).contract
        parts = Parts(engine, keys, Ledger(node, contract), "http://127.0.0.1:8000", clock=clock)
        for _ in range(2):  # a run that was cut short is simply repeated
            parts.example.load()
            parts.example.publish(parts.admin)
    chain.finalise()
    return parts


@pytest.fixture
def numbers(parts: Parts, desk: Desk, sealer: Sealer, mint: Mint, forest: Chain) -> list[str]:
    """Three final certificates of one holder, redeemed in 2018."""
    wish = replace(WISH, count=3, redeemed_at=datetime(2018, 11, 2, tzinfo=UTC))
    redemption, _ = desk.redeem("ANT_FOREST", "three", wish)
    sealer.seal_due()
    for _ in range(5):
        mint.step()
        forest.mine()
    return list(parts.office.numbers(redemption))


@pytest.fixture
def monotonic() -> Ticks:
    return Ticks()


@pytest.fixture
def mint(engine: Engine, forest: Chain, clock: Clock, monotonic: Ticks) -> Mint:
    minting = Minting(forest.ledger, forest.account("minter"), CHAIN_ID)
    return Mint(engine, "ANT_FOREST", minting, clock, monotonic=monotonic)


@pytest.fixture
def sealed(desk: Desk, sealer: Sealer) -> None:
    """One sealed batch of five records."""
    desk.redeem("ANT_FOREST", "a", replace(WISH, count=5))
    assert sealer.seal_due() == 1


@pytest.fixture
def three(desk: Desk, sealer: Sealer) -> None:
    """Three sealed batches of one record each, of one lot."""
    for key in "abc":
        desk.redeem("ANT_FOREST", key, WISH)
        assert sealer.seal_due() == 1
