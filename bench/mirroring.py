"""A registry's log of a million entries mirrored and verified, and ten thousand more.

Everything is real: a registry on its own port in a process of its own, tiles over HTTP, a
database. Hashing the same entries, leaf by leaf and node by node as any verifier must, is the
machine's own limit in the same run. BENCH_ENTRIES=… for another length.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, create_engine

from bench.figures import Figure, show
from bench.processor import of_database
from tests.ports import free_port
from treering.domain.registry_head import VerifierKey
from treering.domain.registry_log import Frontier
from treering.errors import RegistryUnavailable
from treering.flow.mirroring.mirror import sync
from treering.registry.feed import Feed
from treering.store import embedded
from treering.store.tables import metadata

ENTRIES = int(os.environ.get("BENCH_ENTRIES", "1000000"))
DELTA = 10_000
AT = datetime(2025, 3, 12, 8, tzinfo=UTC)

_SERVER = """
import sys
from datetime import UTC, datetime
from types import SimpleNamespace
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
import uvicorn
from bench.mirroring import AT, entry
from treering.domain.registry_head import VerifierKey
from treering.domain.registry_log import LogTree
from treering.registry.published import Published

count, delta, port = map(int, sys.argv[1:])
books = SimpleNamespace(raws=[], tree=LogTree())

def grow(to):
    for number in range(len(books.raws), to):
        books.raws.append(entry(number))
        books.tree.append(books.raws[-1])

async def more(_):
    grow(count + delta)
    return PlainTextResponse("grown")

grow(count)
log = Published(books, Ed25519PrivateKey.from_private_bytes(bytes(32)), lambda: AT, "bench")
app = Starlette(routes=[*log.routes, Route("/more", more)])
uvicorn.run(app, port=port, log_level="critical")
"""


def entry(number: int) -> bytes:
    """As canonical JSON writes a certificate of three trees."""
    certificate = sha256(b"%d" % number).hexdigest()
    trees = ",".join(f'"{3 * number + i:024x}"' for i in range(3))
    return (
        f'{{"adcode":"150000","at":"2025-03-12T08:00:00Z","certificate":"{certificate}",'
        f'"event":"issued","form":"F6","synthetic":true,"trees":[{trees}],"year":2024}}'
    ).encode()


@dataclass(frozen=True, slots=True)
class Took:
    seconds: float
    cpu: float  # of our own process
    database: float  # processors' seconds of PostgreSQL


@contextmanager
def measured(found: dict[str, Took], name: str, engine: Engine) -> Iterator[None]:
    worked = of_database(engine)
    begun, cpu = time.perf_counter(), time.process_time()
    yield
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    found[name] = Took(seconds, cpu, of_database(engine) - worked)


def run() -> bool:
    folder = Path(tempfile.mkdtemp(prefix="treering-bench-", dir="/var/tmp"))
    server = None
    try:
        url = embedded.start(folder / "postgres")
        port = free_port()
        words = [sys.executable, "-c", _SERVER, str(ENTRIES), str(DELTA), str(port)]
        server = subprocess.Popen(words)
        return _measure(url, f"http://127.0.0.1:{port}")
    finally:
        if server:
            server.kill()
            server.wait()
        embedded.stop(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


def _measure(database: str, url: str) -> bool:
    engine = create_engine(database)
    ours = [table for table in metadata.sorted_tables if table.name.startswith("mirror_")]
    metadata.create_all(engine, tables=ours)
    key = VerifierKey.of("bench", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    feed = Feed(url, key, patience_seconds=120.0)
    _wait(feed)
    found: dict[str, Took] = {}
    with measured(found, "hashing", engine):
        Frontier().appended(entry(number) for number in range(ENTRIES))
    with measured(found, "whole", engine):
        assert sync(engine, feed, lambda: AT).added == ENTRIES
    assert httpx.get(f"{url}/more", timeout=120.0).text == "grown"
    with measured(found, "delta", engine):
        assert sync(engine, feed, lambda: AT).added == DELTA
    feed.close()
    engine.dispose()
    return _shown(found)


def _shown(found: dict[str, Took]) -> bool:
    whole, delta, hashing = found["whole"], found["delta"], found["hashing"]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    each, work = 1e6 / ENTRIES, whole.cpu + whole.database
    return show(
        f"Mirroring {ENTRIES:,} entries",
        [
            Figure(name="raw hashing", value=hashing.seconds * each, unit="µs an entry"),
            Figure(
                name="mirrored and verified",
                value=whole.seconds,
                unit="s",
                at_most=120 * ENTRIES / 1e6,
            ),
            Figure(name="… an entry", value=whole.seconds * each, unit="µs"),
            Figure(name="… of it our own processor", value=whole.cpu * each, unit="µs"),
            Figure(name="… of it the database's", value=whole.database * each, unit="µs"),
            Figure(name="… times raw hashing", value=whole.seconds / hashing.seconds),
            Figure(name="… work to raw hashing", value=work / hashing.cpu),
            Figure(name=f"{DELTA:,} more", value=delta.seconds, unit="s", at_most=2),
            Figure(name="memory at most", value=memory, unit="MB", at_most=500),
        ],
    )


def _wait(feed: Feed) -> None:
    while True:
        try:
            feed.head()
        except RegistryUnavailable:  # it is not up yet
            time.sleep(0.5)
        else:
            return
