"""Forge's and Anvil's places, and a chain of this test session's own."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from web3 import Web3

from tests.contracts.ledger import Ledger
from tests.contracts.node import CONTRACTS, foundry, osaka
from treering.chain.compiler import ARTEFACT


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The contracts folder, its packages installed."""
    assert (CONTRACTS / "node_modules").is_dir(), "run: npm ci --prefix contracts"
    return CONTRACTS


@pytest.fixture(scope="session")
def forge(contracts: Path) -> Callable[..., str]:
    """Run forge in the contracts folder and give what it printed; fails with it if forge does."""
    binary = foundry("forge")

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [binary, *arguments],
            cwd=contracts,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    return run


@pytest.fixture(scope="session")
def anvil(contracts: Path) -> Iterator[Web3]:
    """Osaka rules, a block for every transaction."""
    with osaka() as web3:
        yield web3


@pytest.fixture
def ledger(anvil: Web3) -> Ledger:
    """A new TreeLedger with one endorsed lot, `ledger.LOT`."""
    new = Ledger(anvil, json.loads(ARTEFACT.read_text()))
    new.open_lot()
    return new
