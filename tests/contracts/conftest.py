"""Forge's and Anvil's places, and a chain of this test session's own."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from web3 import HTTPProvider, Web3

from tests.contracts.ledger import Ledger, anvil_binary
from treering.chain.compiler import ARTEFACT

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The contracts folder, its packages installed."""
    folder = ROOT / "contracts"
    assert (folder / "node_modules").is_dir(), "run: npm ci --prefix contracts"
    return folder


@pytest.fixture(scope="session")
def anvil(contracts: Path) -> Iterator[Web3]:
    """Osaka rules, a block for every transaction."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [anvil_binary(contracts), "--port", str(port), "--hardfork", "osaka", "--silent"]
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
