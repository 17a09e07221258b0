"""The embedded node keeps its state whole or not at all, and ends with whoever started it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import psutil
import pytest

from tests.chain_kit import ANVIL, account
from tests.ports import free_port
from treering.chain.embedded import CHAIN_ID, EmbeddedNode
from treering.chain.node import quantity
from treering.errors import CannotStart

RICH = account("rich").address
Start = Callable[[], EmbeddedNode]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "home/chain.json"


@pytest.fixture
def start(state: Path) -> Iterator[Start]:
    """Starts a node over the state file, which mines only when told to."""
    running: list[EmbeddedNode] = []

    def begin() -> EmbeddedNode:
        running.append(EmbeddedNode(ANVIL, free_port(), state, block_seconds=None))
        return running[-1]

    yield begin
    for node in running:
        if node.process.poll() is None:
            node.kill()


def enrich(node: EmbeddedNode) -> None:
    """One transaction in a block."""
    sender = node.node.call("eth_accounts")[0]
    node.node.call("eth_sendTransaction", {"from": sender, "to": RICH, "value": hex(7)})
    node.node.call("evm_mine")


def wealth(node: EmbeddedNode) -> int:
    return quantity(node.node.call("eth_getBalance", RICH, "latest"))


def runs(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def until(happened: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)


def test_a_killed_node_comes_back_as_it_was_last_dumped(start: Start):
    node = start()
    enrich(node)
    node.dump()
    enrich(node)  # after the dump: lost with the process
    node.kill()
    again = start()
    assert wealth(again) == 7
    assert quantity(again.node.call("eth_chainId")) == CHAIN_ID


def test_a_dump_is_there_whole_or_not_at_all(start: Start, state: Path, monkeypatch):
    node = start()
    enrich(node)
    node.dump()
    before = state.read_bytes()
    enrich(node)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            node.dump()
    assert state.read_bytes() == before
    node.kill()
    assert wealth(start()) == 7


def test_dumps_at_the_same_time_do_not_tear_each_other(start: Start, state: Path):
    node = start()
    enrich(node)
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(node.dump) for _ in range(12)]:
            done.result()
    assert json.loads(state.read_bytes())["best_block_number"] is not None
    assert [path.name for path in state.parent.iterdir()] == ["chain.json"]


def test_a_block_without_transactions_is_not_worth_a_dump(start: Start, state: Path):
    node = start()
    node.node.call("evm_mine")
    assert not node.dump_if_worth_it()
    assert not state.exists()
    enrich(node)
    assert node.dump_if_worth_it()
    assert not node.dump_if_worth_it()


def test_what_is_mined_is_kept_now_and_then_until_told_to_stop(start: Start, state: Path):
    node, stop = start(), Event()
    keeper = Thread(target=node.keep, args=(stop, 0.02))
    keeper.start()
    enrich(node)
    until(state.exists)
    stop.set()
    keeper.join(5)
    assert not keeper.is_alive()


def test_a_keeper_goes_with_its_node_and_leaves_the_file_to_the_next(start: Start):
    node = start()
    keeper = Thread(target=node.keep, args=(Event(), 0.02))
    keeper.start()
    node.process.send_signal(signal.SIGKILL)
    node.process.wait()
    keeper.join(5)
    assert not keeper.is_alive()


def test_a_torn_state_file_is_refused(start: Start, state: Path):
    state.parent.mkdir()
    state.write_text('{"block": {"number"')
    with pytest.raises(CannotStart, match="the Ethereum node ended with status"):
        start()


@pytest.mark.parametrize("kind", ["missing", "not executable", "a folder", "no program"])
def test_a_binary_that_cannot_be_run_is_named(tmp_path: Path, kind):
    binary = tmp_path / "anvil"
    if kind == "a folder":
        binary.mkdir()
    elif kind != "missing":
        binary.write_bytes(b"\0\1\2")
        binary.chmod(0o755 if kind == "no program" else 0o644)
    with pytest.raises(CannotStart, match=f"the Ethereum node {binary}: "):
        EmbeddedNode(binary, free_port())


def test_a_program_that_ends_at_once_is_no_node(tmp_path: Path):
    binary = tmp_path / "anvil"
    binary.write_text("#!/bin/sh\nexit 3\n")
    binary.chmod(0o755)
    with pytest.raises(CannotStart, match="ended with status 3"):
        EmbeddedNode(binary, free_port())


def test_the_node_dies_with_the_process_that_started_it():
    program = f"""
import sys, time
from pathlib import Path
from treering.chain.embedded import EmbeddedNode
node = EmbeddedNode(Path({str(ANVIL)!r}), {free_port()})
print(node.process.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert runs(pid)
        parent.kill()
    until(lambda: not runs(pid))
