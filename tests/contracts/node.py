"""Foundry's programs, and an Anvil under Osaka rules."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from web3 import HTTPProvider, Web3

from tests.ports import free_port

CONTRACTS = Path(__file__).parents[2] / "contracts"


class ProgramMissing(Exception):
    """npm has Foundry's programs for linux-amd64; elsewhere install Foundry."""


def foundry(name: str) -> Path:
    """One of Foundry's programs: npm's, else one that is installed on this machine."""
    ours = CONTRACTS / f"node_modules/@foundry-rs/{name}-linux-amd64/bin/{name}"
    found = str(ours) if ours.exists() else shutil.which(name)
    if not found:
        raise ProgramMissing(name)
    return Path(found)


@contextmanager
def osaka() -> Iterator[Web3]:
    """A chain of its own under Osaka rules, with a block for every transaction."""
    port = free_port()
    command = [foundry("anvil"), "--port", str(port), "--hardfork", "osaka", "--silent"]
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
