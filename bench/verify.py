"""Verification by number: how many a second one process answers, and what a constant answer costs.

PostgreSQL, Anvil and the flow are real; the server runs on a thread of this process, the load
comes from another. One certificate asked for again and again is what happens when it is shared;
or four hundred are asked for in turn. The constant answer is measured before and after on the
same server.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from statistics import quantiles

import structlog
import uvicorn
from starlette.responses import PlainTextResponse

from bench.figures import Figure, show
from bench.ground import free_port
from bench.load import Plan
from tests.web.real_world import real_world, scene
from treering import logs
from treering.chain.embedded import EmbeddedNode
from treering.domain.redemption import Wish
from treering.flow.service import Service
from treering.settings import Settings
from treering.store import embedded
from treering.web.app import create_app

CONNECTIONS, CONSTANT, ASKED = 32, 5_000, 400
_ROUNDS = {"verification": "/v1/certificates/{}/verification", "page": "/c/{}"}


def run() -> bool:
    logs.configure()
    unread = Path(os.devnull).open("w")  # noqa: SIM115 - a line a request, as long as we run
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(unread))
    with _stack() as (port, numbers):
        one = [numbers[0]]
        before = _round(port, ["/constant"] * CONSTANT)
        hot = {name: _round(port, _paths(path, one, ASKED)) for name, path in _ROUNDS.items()}
        cold = {name: _round(port, _paths(path, numbers, ASKED)) for name, path in _ROUNDS.items()}
        after = _round(port, ["/constant"] * CONSTANT)
    constant = (before[0] + after[0]) / 2
    (verified, p99), (pages, _) = hot["verification"], hot["page"]
    return show(
        f"verify: {CONNECTIONS} connections, one process",
        [
            Figure(name="a constant answer, a second", value=constant),
            Figure(name="one certificate verified, a second", value=verified, at_least=3_000),
            Figure(name="… p99", value=1000 * p99, unit="ms", at_most=25),
            Figure(name="… to the constant answer", value=verified / constant, at_least=0.5),
            Figure(name="one certificate's page, a second", value=pages, at_least=1_500),
            Figure(
                name=f"{ASKED:,} certificates verified, a second", value=cold["verification"][0]
            ),
            Figure(name="… p99", value=1000 * cold["verification"][1], unit="ms"),
            Figure(name=f"{ASKED:,} certificates' pages, a second", value=cold["page"][0]),
        ],
    )


def _paths(template: str, numbers: Sequence[str], count: int) -> list[str]:
    return [template.format(numbers[place % len(numbers)]) for place in range(count)]


def _round(port: int, paths: list[str]) -> tuple[float, float]:
    """Answers a second, and the 99th percentile of their latencies in seconds."""
    plan = Plan(
        host="127.0.0.1",
        port=port,
        path="",
        headers={},
        bodies=paths,
        connections=CONNECTIONS,
        method="GET",
    )
    loaded = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(plan)).encode(),
        capture_output=True,
        check=True,
        timeout=300,
    )
    seen = json.loads(loaded.stdout)
    assert set(seen["statuses"]) == {"200"}, seen["statuses"]
    return len(paths) / seen["seconds"], quantiles(seen["latencies"], n=100)[98]


@contextmanager
def _stack() -> Iterator[tuple[int, tuple[str, ...]]]:
    """The service's port, and the numbers of final certificates."""
    with tempfile.TemporaryDirectory(prefix="treering-bench-", dir="/var/tmp") as folder:
        home, port = Path(folder), free_port()
        url = embedded.start(home / "postgres")
        node = EmbeddedNode(Settings.from_environ({}).anvil, free_port(), block_seconds=None)
        try:
            with scene(node.node, url, home / "keys") as built:
                base_url = f"http://127.0.0.1:{port}"
                with real_world(built, base_url) as world:
                    wish = Wish(lot="ANT_FOREST-277", holder="user-1", name="张三丰", count=ASKED)
                    programme = world.services.authenticate(world.api_key)
                    redeemed = world.services.redeem_now(programme, "bench", wish)
                    world.settle()
                    with _serving(world.services, base_url, port):
                        yield port, redeemed.numbers
        finally:
            node.kill()
            embedded.stop(home / "postgres")


@contextmanager
def _serving(services: Service, base_url: str, port: int) -> Iterator[None]:
    app = create_app(services, base_url=base_url)
    app.add_route("/constant", lambda _: PlainTextResponse("constant"))
    config = uvicorn.Config(app, port=port, log_level="error", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.05)
        yield
    finally:
        server.should_exit = True
        thread.join()
