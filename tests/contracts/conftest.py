"""Forge's and Anvil's places, and a chain of this test session's own."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from web3 import HTTPProvider, Web3

from tests.contracts.ledger import Ledger
from treering.chain.compiler import ARTEFACT

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The contracts folder, its packages installed."""
    folder = ROOT / "contracts"
    assert (folder / "node_modules").is_dir(), "run: npm ci --prefix contracts"
    return folder


def foundry(contracts: Path, name: str) -> Path:
    """One of Foundry's programs: npm's, else one that is installed on this machine."""
    ours = contracts / f"node_modules/@foundry-rs/{name}-linux-amd64/bin/{name}"
    found = str(ours) if ours.exists() else shutil.which(name)
    if not found:
        pytest.fail(f"{name} is missing: npm has it for linux-amd64, elsewhere install Foundry")
    return Path(found)


@pytest.fixture(scope="session")
def forge(contracts: Path) -> Callable[..., str]:
    """Run forge in the contracts folder and give what it printed; fails with it if forge does."""
    binary = foundry(contracts, "forge")

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
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [foundry(contracts, "anvil"), "--port", str(port), "--hardfork", "osaka", "--silent"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield _answering(Web3(HTTPProvider(f"http://127.0.0.1:{port}")))
    finally:
        process.terminate()
        process.wait()


def _answering(web3: Web3) -> Web3:
    for _ in range(200):
        if web3.is_connected():
            return web3
        time.sleep(0.05)
    raise AssertionError("anvil did not answer within ten seconds")


@pytest.fixture
def ledger(anvil: Web3) -> Ledger:
    """A new TreeLedger with one endorsed lot, `ledger.LOT`."""
    new = Ledger(anvil, json.loads(ARTEFACT.read_text()))
    new.open_lot()
    return new
