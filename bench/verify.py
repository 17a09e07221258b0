"""Verification by number: how many a second one process answers, and what a constant answer costs.

PostgreSQL, Anvil and the flow are real, and the process follows chain and books as `serve` does;
the server runs on a thread of this process, the load comes from another, over connections that
are kept. Four hundred certificates are asked for in turn: the first time, when each is made;
again, when each is remembered; while a new block becomes final every second, so that all are made
anew; while a worker and a registry run beside it (everywhere else both are down); and when the
node is silent, and nothing can be checked. The constant answer is measured before and after, on
the same server, under the same layers.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, quantiles

import structlog
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from bench.beside import beside
from bench.figures import Figure, show
from bench.load import Plan
from tests.ports import free_port
from tests.web.real_world import RealWorld, real_world, scene
from treering import logs
from treering.chain.embedded import EmbeddedNode
from treering.domain.redemption import Wish
from treering.domain.role import Scope
from treering.flow.service import Service
from treering.settings import Settings
from treering.store import embedded
from treering.web.app import create_app

CONNECTIONS, CONSTANT, CERTIFICATES, ASKED = 32, 8_000, 400, 12_000
REPORT, PAGE = "/v1/certificates/{}/verification", "/c/{}"


@dataclass(frozen=True, slots=True)
class Round:
    """Answers a second, the 99th percentile of their latencies in milliseconds, and this
    process's CPU time for each, in microseconds."""

    rate: float
    p99: float
    cpu: float


@dataclass(frozen=True)
class Stack:
    port: int
    numbers: Sequence[str]
    world: RealWorld
    home: Path

    def constant(self) -> Round:
        return self._round(["/constant"] * CONSTANT)

    def ask(self, path: str, count: int = ASKED) -> Round:
        """The certificates in turn."""
        each = [path.format(number) for number in self.numbers]
        return self._round([each[place % len(each)] for place in range(count)])

    def fall_silent(self) -> None:
        """Nobody listens at the node's address, and the process has seen it."""
        self.world.silence()
        _until(lambda: not _seen(self.world.services))

    def _round(self, paths: list[str]) -> Round:
        plan = Plan(
            host="127.0.0.1",
            port=self.port,
            path="",
            headers={},
            bodies=paths,
            connections=CONNECTIONS,
            method="GET",
        )
        before = time.process_time()
        loaded = subprocess.run(
            [sys.executable, "-m", "bench.load"],
            input=json.dumps(asdict(plan)).encode(),
            capture_output=True,
            check=True,
            timeout=300,
        )
        seen = json.loads(loaded.stdout)
        assert set(seen["statuses"]) == {"200"}, seen["statuses"]
        cpu = (time.process_time() - before) / len(paths)
        p99 = quantiles(seen["latencies"], n=100)[98]
        return Round(len(paths) / seen["seconds"], 1000 * p99, 1e6 * cpu)


@dataclass(frozen=True)
class Course:
    """What was measured, in the order of the run; `first` by path, all others of the report."""

    first: dict[str, Round]
    report: Round
    page: Round
    moving: Round
    again: Round
    together: Round
    parted: Round
    silent: Round
    constant: float


def run() -> bool:
    logs.configure()
    unread = Path(os.devnull).open("w")  # noqa: SIM115 - a line a request, as long as we run
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(unread))
    with _stack() as stack:
        course = _course(stack)
    return show(
        f"verify: {CERTIFICATES} certificates, {CONNECTIONS} connections", list(_figures(course))
    )


def _course(stack: Stack) -> Course:
    before = stack.constant()
    first = {path: stack.ask(path, CERTIFICATES) for path in (REPORT, PAGE)}
    report, page = stack.ask(REPORT), stack.ask(PAGE)
    with _blocks(stack.world):
        moving = stack.ask(REPORT)
    again = _warm(stack)
    after = stack.constant()
    with beside(stack.world, stack.home):
        together = _warm(stack)
    parted = _warm(stack)
    stack.fall_silent()
    constant = mean((before.rate, after.rate))
    return Course(first, report, page, moving, again, together, parted, _warm(stack), constant)


def _warm(stack: Stack) -> Round:
    stack.ask(REPORT, CERTIFICATES)
    return stack.ask(REPORT)


def _figures(course: Course) -> Iterator[Figure]:
    """Rates a minute apart differ by a third: each is held against its neighbours, by CPU time."""
    well = mean((course.report.rate, course.again.rate))
    down = course.together.cpu / mean((course.again.cpu, course.parted.cpu))
    silence = course.parted.cpu / course.silent.cpu
    yield Figure(name="a constant answer, a second", value=course.constant)
    yield Figure(name="certificates verified, a second", value=well, at_least=3_000)
    yield Figure(name="… p99", value=course.report.p99, unit="ms", at_most=25)
    yield Figure(name="… to the constant answer", value=well / course.constant, at_least=0.5)
    yield Figure(name="certificates' pages, a second", value=course.page.rate, at_least=1_500)
    yield Figure(name="… p99", value=course.page.p99, unit="ms")
    yield Figure(name="verified while blocks become final", value=course.moving.rate)
    yield Figure(name="certificates verified, CPU time", value=course.report.cpu, unit="µs")
    yield Figure(name="worker and registry beside, a second", value=course.together.rate)
    yield Figure(name="both down, to that, by CPU time", value=down, at_least=0.9)
    yield Figure(name="the node silent, too, a second", value=course.silent.rate)
    yield Figure(name="… to the node well, by CPU time", value=silence, at_least=0.9)
    yield Figure(name="verified the first time, a second", value=course.first[REPORT].rate)
    yield Figure(name="pages made the first time, a second", value=course.first[PAGE].rate)


@contextmanager
def _blocks(world: RealWorld) -> Iterator[None]:
    """A new one a second, and each time an older one becomes final."""
    stop = threading.Event()

    def mine() -> None:
        while not stop.wait(1):
            world.scene.chain.mine()

    miner = threading.Thread(target=mine)
    miner.start()
    try:
        yield
    finally:
        stop.set()
        miner.join()


def _seen(services: Service) -> bool:
    at = services.standpoint()
    return at is not None and at.sees_chain


def _until(happened: Callable[[], bool]) -> None:
    while not happened():
        time.sleep(0.05)


@contextmanager
def _stack() -> Iterator[Stack]:
    """The service, and the numbers of final certificates."""
    with tempfile.TemporaryDirectory(prefix="treering-bench-", dir="/var/tmp") as folder:
        home, port = Path(folder), free_port()
        url = embedded.start(home / "postgres")
        node = EmbeddedNode(Settings.from_environ({}).anvil, free_port(), block_seconds=None)
        try:
            with scene(node.node, url, home / "keys") as built:
                base_url = f"http://127.0.0.1:{port}"
                with real_world(built, base_url) as world:
                    numbers = _final(world)
                    with _serving(world.services, base_url, port):
                        yield Stack(port, numbers, world, home)
        finally:
            node.kill()
            embedded.stop(home / "postgres")


def _final(world: RealWorld) -> Sequence[str]:
    wish = Wish(lot="ANT_FOREST-277", holder="user-1", name="张三丰", count=CERTIFICATES)
    programme = world.services.authenticate(world.api_key, Scope.REDEEM)
    redeemed = world.services.redeem_now(programme, "bench", wish)
    world.settle()
    return redeemed.numbers


async def _constant(_: Request) -> PlainTextResponse:
    return PlainTextResponse("constant")


@contextmanager
def _serving(services: Service, base_url: str, port: int) -> Iterator[None]:
    app = create_app(services, base_url=base_url)
    app.add_route("/constant", _constant)
    config = uvicorn.Config(app, port=port, log_level="error", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    with services.presence.kept():
        thread.start()
        try:
            _until(lambda: server.started and _seen(services))
            yield
        finally:
            server.should_exit = True
            thread.join()
