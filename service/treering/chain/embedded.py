"""An Anvil of our own, for machines without a node: started, kept alive, its state kept.

Anvil's own `--state` loses everything on SIGKILL, so the state is dumped through RPC,
written beside, synced and renamed: a torn file can never be loaded. What was mined after
the last dump is lost with the process, and minted again by the worker.
"""

import ctypes
import gzip
import os
import platform
import signal
import subprocess
import time
from pathlib import Path
from threading import Event, Lock

from treering.chain.node import Node, data
from treering.errors import CannotStart, ChainUnavailable, NodeRefused

CHAIN_ID = 31337
_OPTIONS = (
    "--slots-in-an-epoch 1 --gas-limit 1000000000 --hardfork osaka "
    "--enable-tx-gas-limit --preserve-historical-states --silent"
).split()
_DIE_WITH_PARENT = 1  # prctl's PR_SET_PDEATHSIG
_START_SECONDS = 20.0


class EmbeddedNode:
    """A running Anvil on `port`. It dies with the process that started it.

    It mines a block every `block_seconds`, or only when told to (`evm_mine`) without them.
    """

    def __init__(
        self, binary: Path, port: int, state: Path | None = None, block_seconds: int | None = 1
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.state = state
        command = [str(binary), "--port", str(port), *_OPTIONS, "--chain-id", str(CHAIN_ID)]
        command += ["--block-time", str(block_seconds)] if block_seconds else ["--no-mining"]
        if state and state.exists():
            command += ["--load-state", str(state)]
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own binary
                command,
                stdout=subprocess.DEVNULL,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one system call, no locks
                start_new_session=True,  # Ctrl-C is for whoever started us
            )
        except OSError as error:
            raise CannotStart(f"the Ethereum node {binary}: {error.strerror}") from error
        self.node = Node(self.url)
        self._dumped_at_block = -1
        self._dumping = Lock()
        self._wait_until_it_answers()

    def dump(self) -> None:
        """Keep the state of now, whole or not at all."""
        assert self.state, "a node without a state file has nothing to keep"
        beside = self.state.with_suffix(".new")
        with self._dumping:  # one at a time: `keep` has a thread of its own
            state = gzip.decompress(data(self.node.call("anvil_dumpState")))
            self.state.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.write(state)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.state)

    def dump_if_worth_it(self) -> bool:
        """Dump if a block with transactions came since the last dump."""
        head = self.node.block("latest").number
        if not any(self._has_transactions(n) for n in range(self._dumped_at_block + 1, head + 1)):
            return False
        self.dump()
        self._dumped_at_block = head
        return True

    def keep(self, stop: Event, every_seconds: float = 2.0) -> None:
        """Dump now and then until `stop` is set, or the process is gone and another may come."""
        while not stop.wait(every_seconds) and self.process.poll() is None:
            try:
                self.dump_if_worth_it()
            except (ChainUnavailable, NodeRefused, OSError):
                continue  # the node is gone or the disk is full: the last whole dump stands

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)  # Anvil may ignore a softer one
        self.process.wait()
        self.node.close()

    def _has_transactions(self, number: int) -> bool:
        return bool(self.node.call("eth_getBlockByNumber", hex(number), False)["transactions"])

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise CannotStart(f"the Ethereum node ended with status {self.process.returncode}")
            try:
                self.node.call("eth_chainId")
            except ChainUnavailable:
                time.sleep(0.05)
            else:
                return
        self.kill()
        raise CannotStart(f"the Ethereum node did not answer within {_START_SECONDS:.0f} s")


def die_with_parent() -> None:
    """In a child, before its program: SIGKILL when the parent is gone. Linux only."""
    if platform.system() == "Linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
