"""A burst of single redemptions on one lot, against a trivial POST on the same server.

`treering serve` on an embedded PostgreSQL; 64 connections from a process of their own; every
request has a holder and a key of its own. The trivial POST, on uvicorn as everybody runs it, is
measured before and after, so that a neighbour on the machine cannot flatter either; once more on
our own server, which is quicker, for whoever wants to compare the application alone. Then the
lot is left with fewer units than are asked for, and sells out.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import mean, quantiles
from typing import Any

import httpx
import psutil
from sqlalchemy import text

from bench.figures import Figure, show
from bench.ground import CONTRACT, Ground, ground
from bench.load import Plan
from tests.ports import free_port

CONNECTIONS = 64
REQUESTS = 20_000
LEFT, ASKED = 1_000, 4_000  # of the lot that sells out
LOT = "ANT_FOREST-277"


@dataclass(frozen=True, slots=True)
class Round:
    """`cpu` is the server's time in seconds, user and system."""

    seconds: float
    statuses: dict[str, int]
    latencies: list[float]
    cpu: float

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def p99(self) -> float:
        return quantiles(self.latencies, n=100)[98]

    @property
    def cpu_each(self) -> float:
        return self.cpu / len(self.latencies)


def run() -> bool:
    with ground() as made:
        first = _trivial()
        burst, sold_out = _redeem(made)
        trivial = [first, _trivial()]
        ours = _trivial("ours")
        oversold, gaps, rows = _books(made)
    limit = mean(each.rate for each in trivial)
    cpu_limit = mean(each.cpu_each for each in trivial)
    granted = burst.statuses.get("201", 0)
    return show(
        f"burst: one lot, {CONNECTIONS} connections, {REQUESTS:,} single redemptions",
        [
            Figure(name="granted a second", value=granted / burst.seconds, at_least=2_000),
            Figure(name="p99", value=1000 * burst.p99, unit="ms", at_most=250),
            Figure(name="a trivial POST, a second", value=limit),
            Figure(name="ratio to the trivial POST", value=burst.rate / limit, at_least=1 / 3),
            Figure(name="… on our own server, a second", value=ours.rate),
            Figure(name="ratio to that", value=burst.rate / ours.rate),
            Figure(name="server's time for one", value=1e6 * burst.cpu_each, unit="µs"),
            Figure(name="… and for a trivial POST", value=1e6 * cpu_limit, unit="µs"),
            Figure(name="not granted", value=REQUESTS - granted, at_most=0),
            Figure(
                name=f"granted of {ASKED:,} asked when {LEFT:,} were left",
                value=sold_out.statuses.get("201", 0),
                at_least=LEFT,
                at_most=LEFT,
            ),
            Figure(name="oversold", value=oversold, at_most=0),
            Figure(name="gaps and overlaps of serials", value=gaps, at_most=0),
            Figure(name="rows less answers", value=rows - granted - LEFT, at_least=0, at_most=0),
        ],
    )


def _trivial(*whose: str) -> Round:
    port = free_port()
    with _server(["-m", "bench.trivial", str(port), *whose], port, {}) as process:
        return _round(process, port, "/trivial", {}, _wishes("t", REQUESTS // 2))


def _redeem(made: Ground) -> tuple[Round, Round]:
    port = free_port()
    environ = {
        "TREERING_HOME": str(made.home),
        "TREERING_PORT": str(port),
        "TREERING_DATABASE_URL": made.database_url,
        "TREERING_RPC_URL": f"http://127.0.0.1:{free_port()}",  # redeeming asks no node
        "TREERING_CONTRACT": CONTRACT,
    }
    api_key = made.example.api_key("ANT_FOREST")
    path = "/v1/redemptions"
    with _server(["-m", "treering.main", "serve"], port, environ) as process:
        warm = {"Authorization": f"Bearer {api_key}", "Idempotency-Key": "warm-{key}"}
        _round(process, port, path, warm, _wishes("w", 10 * CONNECTIONS))
        first = {**warm, "Idempotency-Key": "burst-{key}"}
        burst = _round(process, port, path, first, _wishes("b", REQUESTS))
        with made.engine.begin() as connection:
            leave = "UPDATE lots SET capacity = asked + :left WHERE slug = :slug"
            connection.execute(text(leave), {"left": LEFT, "slug": LOT})
        last = {**warm, "Idempotency-Key": "last-{key}"}
        return burst, _round(process, port, path, last, _wishes("l", ASKED))


def _wishes(who: str, count: int) -> list[str]:
    return [
        json.dumps({"lot": LOT, "holder": f"{who}-{i}", "name": "张三丰"}, ensure_ascii=False)
        for i in range(count)
    ]


def _round(
    server: psutil.Process, port: int, path: str, headers: dict[str, str], bodies: Sequence[str]
) -> Round:
    plan = Plan(
        host="127.0.0.1",
        port=port,
        path=path,
        headers=headers,
        bodies=list(bodies),
        connections=CONNECTIONS,
    )
    before = _cpu(server)
    loaded = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(plan)).encode(),
        capture_output=True,
        check=True,
        timeout=300,
    )
    seen: dict[str, Any] = json.loads(loaded.stdout)
    return Round(seen["seconds"], seen["statuses"], seen["latencies"], _cpu(server) - before)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def _server(words: list[str], port: int, environ: dict[str, str]) -> Iterator[psutil.Process]:
    """A Python process that listens on the port; ended afterwards."""
    told, unread = {**os.environ, **environ}, subprocess.DEVNULL  # a line a request
    words = [sys.executable, *words]
    with subprocess.Popen(words, env=told, stdout=unread, stderr=unread) as process:
        try:
            _wait_for(port)
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5)
            return
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _books(made: Ground) -> tuple[int, int, int]:
    """Units beyond the lot's capacity, serials that are missing or held twice, and rows."""
    query = """
        SELECT count(*), sum(count), count(*) FILTER (WHERE first_serial <> expected)
        FROM (SELECT r.count, first_serial,
                     coalesce(lag(first_serial + r.count) OVER (ORDER BY first_serial), 0)
                         AS expected
              FROM redemptions r JOIN lots ON lots.id = r.lot WHERE slug = :slug) AS held
    """
    with made.engine.connect() as connection:
        rows, units, gaps = connection.execute(text(query), {"slug": LOT}).one()
        capacity = text("SELECT capacity FROM lots WHERE slug = :slug")
        room = connection.execute(capacity, {"slug": LOT}).scalar_one()
    return max(0, units - room), gaps, rows - 10 * CONNECTIONS
