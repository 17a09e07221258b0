"""Redemptions loaded, minted and audited in one sitting, step by step upon the same books.

`make bench` takes two small steps; `make bench-scale` goes on to 10 million. What a record
costs must not grow with those that are there already.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

import psutil
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from bench.bulk import counted
from bench.chain import Published, published
from bench.figures import Figure, show
from bench.ground import Ground, ground
from bench.lines import Lines, load
from bench.processor import of_database, of_family

SMALL = (100_000, 200_000)
LARGE = (1_000_000, 2_000_000, 4_000_000, 7_000_000, 10_000_000)
_BOOKS = ("redemptions", "holders", "load_cells", "batches", "transactions")


@dataclass(frozen=True, slots=True)
class Step:
    """Up to `total` records, `count` of them in this step; times in seconds, memory in MB.

    `audit` counts all records; `work` is the processors' time of loading and minting, the
    database's and the chain's included; `disk` has the bytes of each table with its indexes.
    """

    total: int
    count: int
    load: float
    mint: float
    audit: float
    work: float
    worker: float
    loader: float
    disk: dict[str, int]


def run(totals: tuple[int, ...] = SMALL) -> bool:
    with ground() as made, published(made, capacity=totals[-1]) as chain:
        steps = list(_steps(made, chain, totals))
        units, gaps = counted(made)
    first, last = steps[0], steps[-1]
    growth = _each(last.work, last.count) / _each(first.work, first.count)
    show_steps(steps)
    return show(
        f"scale: {last.total:,} redemptions loaded, minted, audited",
        [
            Figure(name="work for a record, last step to first", value=growth, unit="x"),
            Figure(name="disk a record", value=sum(last.disk.values()) / last.total, unit="bytes"),
            Figure(
                name="worker's memory", value=max(s.worker for s in steps), unit="MB", at_most=300
            ),
            Figure(
                name="loader's memory", value=max(s.loader for s in steps), unit="MB", at_most=300
            ),
            Figure(name="records less units", value=last.total - units, at_least=0, at_most=0),
            Figure(name="gaps and overlaps of serials", value=gaps, at_most=0),
        ],
    )


def _steps(made: Ground, chain: Published, totals: tuple[int, ...]) -> Iterator[Step]:
    lines, file, before = Lines(every=3), made.home / "lines.ndjson", 0
    for total in totals:
        count = total - before
        lines.write(file, count)
        before_it = of_database(made.engine) + _of_chain(chain)
        loaded = load(file, chain.environ, total)
        file.unlink()
        mint, worker, minted = _minted(made, chain, total)
        work = loaded.cpu + minted + of_database(made.engine) + _of_chain(chain) - before_it
        audit = _audited(chain)
        disk = _disk(made)
        step = Step(total, count, loaded.seconds, mint, audit, work, worker, loaded.mb, disk)
        print(step, file=sys.stderr, flush=True)
        yield step
        before = total


def _minted(made: Ground, chain: Published, total: int) -> tuple[float, float, float]:
    """Seconds from the worker's start until all is final, its peak of memory in MB, its work."""
    told = {**os.environ, **chain.environ}
    words = [sys.executable, "-m", "treering.main", "worker"]
    begun = time.perf_counter()
    with subprocess.Popen(words, env=told, stderr=subprocess.DEVNULL) as process:
        try:
            with _peak_of(process.pid) as peak:
                while _final(made) < total:
                    assert process.poll() is None, "the worker lives"
                    time.sleep(0.5)
            seconds, worked = time.perf_counter() - begun, of_family(psutil.Process(process.pid))
            return seconds, peak[0], worked
        finally:
            process.terminate()


@contextmanager
def _peak_of(pid: int) -> Iterator[list[float]]:
    """The highest sum of memory in MB of a process and its children, ten times a second."""
    peak, ended = [0.0], Event()

    def look() -> None:
        while not ended.wait(0.1):
            process = psutil.Process(pid)
            family = [process, *process.children(recursive=True)]
            held = [each.memory_full_info().uss for each in family if each.is_running()]
            peak[0] = max(peak[0], sum(held) / 2**20)

    thread = Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()


def _of_chain(chain: Published) -> float:
    return of_family(psutil.Process(chain.node.process.pid))


def _final(made: Ground) -> int:
    query = text("SELECT coalesce(sum(count), 0) FROM batches WHERE state = 'final'")
    with made.engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def _audited(chain: Published) -> float:
    """Seconds in which everything is counted again from the chain; it must agree."""
    environ = chain.environ
    words = ["--rpc", environ["TREERING_RPC_URL"], "--contract", environ["TREERING_CONTRACT"]]
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "treering.main", "audit", *words],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - begun


def _disk(made: Ground) -> dict[str, int]:
    query = text("SELECT pg_total_relation_size(CAST(:name AS regclass))")
    with made.engine.connect() as connection:
        return {name: connection.execute(query, {"name": name}).scalar_one() for name in _BOOKS}


def _each(seconds: float, count: int) -> float:
    return 1e6 * seconds / count


def show_steps(steps: list[Step]) -> None:
    table = Table(title="µs a record, by how many there are", title_justify="left")
    headings = (
        "records",
        "load",
        "mint",
        "audit",
        "work",
        "worker MB",
        *(f"{b} B" for b in _BOOKS),
    )
    for heading in headings:
        table.add_column(heading, justify="right")
    for step in steps:
        times = _each(step.load, step.count), _each(step.mint, step.count)
        table.add_row(
            f"{step.total:,}",
            *(f"{each:.1f}" for each in (*times, _each(step.audit, step.total))),
            f"{_each(step.work, step.count):.1f}",
            f"{step.worker:.0f}",
            *(f"{size / step.total:.1f}" for size in step.disk.values()),
        )
    Console(width=120).print(table)


if __name__ == "__main__":
    sys.exit(0 if run(tuple(map(int, sys.argv[1:])) or LARGE) else 1)
