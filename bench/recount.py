"""The auditor's recount: many records on a real Anvil, counted again with every root rebuilt.

Held against the bare hashing of the same run: two hashes a record, over and over. Work is the
processors' time of the audit's own processes; the node's is not counted, the waiting for it is
in the seconds.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import psutil
from sha3 import keccak_256

from bench.figures import Figure, show
from tests.chain_kit import ANVIL, PROGRAMME, Chain
from tests.ports import free_port
from treering.chain import abi
from treering.chain.embedded import EmbeddedNode
from treering.domain.record import lot_id

RECORDS = int(os.environ.get("TREERING_BENCH_RECORDS", "4000000"))
_BATCH, _BLOCK = 4096, 100  # records a batch, batches a block: 330 million gas
_HASHES = 400_000


def run() -> bool:
    """Four million records unless TREERING_BENCH_RECORDS says otherwise."""
    node = EmbeddedNode(ANVIL, free_port(), block_seconds=None)
    try:
        chain = _grown(node)
        raw = _raw()
        _, work, alone_mb = _audited(chain, "0")
        raw = (raw + _raw()) / 2
        seconds, _, all_mb = _audited(chain, str(os.cpu_count()))
    finally:
        node.kill()
    count = _batches() * _BATCH
    return show(
        f"recount: {count:,} records, every root rebuilt",
        [
            Figure(
                name="records a second of one core's work",
                value=count / work,
                at_least=500_000,
            ),
            Figure(name="work against raw hashing", value=work / (raw * count), at_most=2.0),
            Figure(name="raw hashing", value=1 / raw, unit="records/s"),
            Figure(name="all cores, records a second", value=count / seconds),
            Figure(
                name="10 million would take",
                value=10_000_000 * seconds / count,
                unit="s",
                at_most=60,
            ),
            Figure(name="memory", value=max(alone_mb, all_mb), unit="MB", at_most=500),
        ],
    )


def _batches() -> int:
    return -(-RECORDS // _BATCH)


def _grown(node: EmbeddedNode) -> Chain:
    chain = Chain(node.node)
    chain.deploy()
    lot = chain.open_lot(277, endorsed=_batches() * _BATCH)
    minter = chain.account("minter").address
    node.node.call("anvil_impersonateAccount", minter)
    node.node.call("evm_setBlockGasLimit", hex(10**9))
    assert lot == lot_id(PROGRAMME, 277), "the lot has this number"
    for number in range(_batches()):
        mint = abi.call_data("mint", lot, number * _BATCH, os.urandom(20 * _BATCH))
        call: dict[str, Any] = {"from": minter, "to": chain.contract, "data": "0x" + mint.hex()}
        node.node.call("eth_sendTransaction", call | {"gas": hex(4_000_000)})
        if number % _BLOCK == _BLOCK - 1:
            chain.mine()
    chain.finalise()
    minted = abi.answer("lotOf", _lot(chain, lot))[4]
    assert minted == _batches() * _BATCH, "every batch went in"
    return chain


def _lot(chain: Chain, lot: int) -> bytes:
    at = chain.node.block("latest")
    return chain.node.read(chain.contract, abi.call_data("lotOf", lot), at)


def _raw() -> float:
    """Seconds of work for two hashes: a leaf of 32 bytes and a node of 64."""
    leaf, node = bytes(32), bytes(64)
    begun = time.process_time()
    for _ in range(_HASHES):
        keccak_256(leaf).digest()
        keccak_256(node).digest()
    return (time.process_time() - begun) / _HASHES


def _audited(chain: Chain, processes: str) -> tuple[float, float, float]:
    """Seconds, seconds of work of all its processes, and their memory in MB."""
    words = ["--rpc", chain.node.url, "--contract", chain.contract, "--json"]
    command = [sys.executable, "-m", "treering.main", "audit", *words, "--processes", processes]
    before, begun = _children(), time.perf_counter()
    with (
        subprocess.Popen(command, stdout=subprocess.DEVNULL) as process,
        _peak_of(process.pid) as peak,
    ):
        assert process.wait() == 0, "it agrees"
    return time.perf_counter() - begun, _children() - before, peak[0]


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system


@contextmanager
def _peak_of(pid: int) -> Iterator[list[float]]:
    peak, ended = [0.0], Event()

    def look() -> None:
        while not ended.wait(0.05):
            try:
                process = psutil.Process(pid)
                family = [process, *process.children(recursive=True)]
                held = sum(each.memory_full_info().uss for each in family)
            except psutil.Error:
                continue  # one of them has just ended
            peak[0] = max(peak[0], held / 2**20)

    thread = Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()
