"""Minting a backlog: from committed rows to final on Anvil, by one `treering worker`.

The peer is the chain alone, in the same run: as many records in batches that were signed
beforehand, handed to the same node and waited for.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
from sqlalchemy import Engine, text

from bench.chain import Published, published
from bench.figures import Figure, show
from bench.ground import Ground, ground
from treering.chain.keys import minter_name
from treering.chain.minting import Minting
from treering.domain.batch import CAPACITY, Batch, BatchId, BatchState
from treering.domain.fees import GWEI, Fees
from treering.domain.flight import Nonce
from treering.domain.record import LotId, lot_id
from treering.store.holders import Holders

LOT = lot_id(1, 277)
RECORDS = int(os.environ.get("BENCH_RECORDS", "1000000"))
HOLDERS = 100_000
_PATIENCE = 120.0  # seconds
_STARTED = 5.0


def run() -> bool:
    with ground() as held, published(held, capacity=2 * RECORDS) as chain:
        _holders(held)
        with _worker(chain) as worker:
            before = _processor(worker)
            _redeem(held.engine)
            started = time.perf_counter()  # its rows are committed: till now none could be seen
            _until(lambda: _final(held.engine) == RECORDS)
            seconds = time.perf_counter() - started
            processor = _processor(worker) - before
            memory = _peak(worker)  # it holds a window of batches, never the backlog
        alone = _chain_alone(held, chain)
    rate = RECORDS / seconds
    return show(
        f"Minting {RECORDS:,} records, from committed rows to final",
        [
            Figure(name="minted", value=rate, unit="records/s", at_least=100_000),
            Figure(name="the chain alone", value=alone, unit="records/s"),
            Figure(name="of the chain alone", value=rate / alone, unit="x"),
            Figure(name="worker's processor", value=processor / RECORDS * 1e6, unit="µs a record"),
            Figure(
                name="worker's memory at its peak", value=memory / 2**20, unit="MB", at_most=300
            ),
        ],
    )


def _holders(held: Ground) -> None:
    with held.engine.begin() as connection:
        Holders(connection, held.vault).known(
            "ANT_FOREST", [f"user-{number}" for number in range(HOLDERS)]
        )


def _redeem(engine: Engine) -> None:
    """One record a redemption, holders in turn; committed at once."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO redemptions (lot, first_serial, holder, redeemed_at, recorded_at,"
                " count, price_grams, masked_name, campaign)"
                " SELECT :lot, n, ids[n % cardinality(ids) + 1], now(), now(), 1, 17900, '*', ''"
                " FROM generate_series(0, :records - 1) n,"
                " (SELECT array_agg(id) ids FROM holders) held"
            ),
            {"lot": LOT, "records": RECORDS},
        )
        connection.execute(
            text("UPDATE lots SET asked = :records WHERE id = :lot"),
            {"lot": LOT, "records": RECORDS},
        )


def _chain_alone(held: Ground, chain: Published) -> float:
    """Records a second that the node takes and calls final, when nothing else is done."""
    with held.engine.connect() as connection:
        other = connection.execute(
            text("SELECT id FROM lots WHERE programme = 'ANT_FOREST' AND unit = 1 AND id <> :lot"),
            {"lot": LOT},
        ).scalar()
    account = held.keys.account(minter_name("ANT_FOREST"))
    minting = Minting(chain.parts.ledger, account, chain.parts.network.chain_id)
    batches = [_batch(LotId(other), n * CAPACITY) for n in range(RECORDS // CAPACITY)]
    offer = Fees(GWEI, 50 * GWEI)
    first = minting.horizon().nonce
    raws = [minting.sign(batch, Nonce(first + n), offer) for n, batch in enumerate(batches)]
    started = time.perf_counter()
    for raw in raws:
        minting.send(raw)
    wanted = len(batches) * CAPACITY
    _until(lambda: _minted(chain, LotId(other)) == wanted)
    return wanted / (time.perf_counter() - started)


def _minted(chain: Published, lot: LotId) -> int:
    facts = chain.parts.ledger.at("finalized").lot(lot)
    return facts.minted if facts else 0


def _batch(lot: LotId, first: int) -> Batch:
    return Batch(
        id=BatchId(0),
        state=BatchState.SEALED,
        lot=lot,
        first_serial=first,
        holders=os.urandom(20 * CAPACITY),
        root=bytes(32),
        sealed_at=datetime.now(UTC),
    )


@contextmanager
def _worker(chain: Published) -> Iterator[psutil.Process]:
    """A real worker that has found everything in order and waits."""
    command = [sys.executable, "-m", "treering.main", "worker"]
    told = {**os.environ, **chain.environ}
    with subprocess.Popen(command, env=told, stderr=subprocess.DEVNULL) as process:
        time.sleep(_STARTED)
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(30)


def _family(worker: psutil.Process) -> list[psutil.Process]:
    """The worker and the processes that hash for it."""
    return [worker, *worker.children(recursive=True)]


def _processor(worker: psutil.Process) -> float:
    """Seconds of all cores together."""
    times = [process.cpu_times() for process in _family(worker)]
    return float(sum(time.user + time.system for time in times))


def _peak(worker: psutil.Process) -> int:
    """Bytes: the most that each process ever held in memory, added up."""
    return sum(_most_held(process.pid) for process in _family(worker))


def _most_held(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return 1024 * int(line.split()[1])


def _final(engine: Engine) -> int:
    query = text("SELECT coalesce(sum(count), 0) FROM batches WHERE state = 'final'")
    with engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def _until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not reached():
        if time.monotonic() > deadline:
            raise TimeoutError("the benchmark did not come to its end")
        time.sleep(0.05)
