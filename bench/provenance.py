"""Provenance in large books: one certificate's trace, a search's first page, an export.

Real PostgreSQL, Anvil and flow. The books are filled up by SQL with records of another lot, as
many as TREERING_BENCH_RECORDS says; whatever is asked for lies among them. The export is held
against reading the same rows and encoding them with nothing done in between.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import msgspec
import psutil
from sqlalchemy import text

from bench.figures import Figure, show
from tests.ports import free_port
from tests.web.real_world import RealWorld, real_world, scene
from treering.chain.embedded import EmbeddedNode
from treering.domain.provenance.search import Hit, Question, RecordState
from treering.domain.redemption import Wish
from treering.domain.role import Scope
from treering.export.written import Form, written
from treering.settings import Settings
from treering.store import embedded

RECORDS = int(os.environ.get("TREERING_BENCH_RECORDS", "1000000"))
_TIMES = 21
_BATCH = 4096
# One holder, one record a redemption, batches of 4,096 that were final in block 1.
_FILL = f"""
    INSERT INTO redemptions (lot, first_serial, holder, redeemed_at, recorded_at, count,
                             price_grams, masked_name, campaign)
    SELECT :lot, i, (SELECT min(id) FROM holders),
           '2019-01-01Z'::timestamptz + i * '1 s'::interval, '2019-01-01Z',
           1, 17900, '张*', ''
    FROM generate_series(0, :records - 1) AS i;
    INSERT INTO batches (programme, lot, first_serial, count, state, holders, root, sealed_at,
                         block_number, block_hash, block_time, transaction)
    SELECT 'ANT_FOREST', :lot, i, {_BATCH}, 'final',
           decode(repeat(md5(i::text), {_BATCH * 20 // 16}), 'hex'),
           decode(repeat(md5(i::text), 2), 'hex'), '2019-01-01Z', 1,
           decode(repeat('01', 32), 'hex'), '2019-01-01Z', decode(repeat(md5(i::text), 2), 'hex')
    FROM generate_series(0, :records - {_BATCH}, {_BATCH}) AS i;
    UPDATE lots SET capacity = :records, asked = :records, sealed = :records WHERE id = :lot;
"""


def run() -> bool:
    with _world() as (world, number):
        service = world.services.provenance
        trace = _seconds(lambda: service.trace(number))
        pages = {
            "any": Question(),
            "a lot, a state": Question(lot="ANT_FOREST-464", state=RecordState.FINAL),
            "a month": Question(redeemed_from=_moment(world, 0.9)),
            "what was revoked": Question(state=RecordState.REVOKED),
            "what waits": Question(state=RecordState.PENDING),
        }
        found = {
            name: _seconds(lambda asked=asked: service.page(asked, None, None, 100))
            for name, asked in pages.items()
        }
        before = psutil.Process().memory_info().rss
        rates = {form: _rate(world, form) for form in Form}
        grown = psutil.Process().memory_info().rss - before
        bare = _bare(world)
    exports = [
        Figure(name=f"exported as {form}, rows a second", value=rate, at_least=50_000)
        for form, rate in rates.items()
    ]
    return show(
        f"provenance: {RECORDS:,} records",
        [
            Figure(name="one certificate's trace", value=1000 * trace, unit="ms", at_most=30),
            *[
                Figure(name=f"first page: {name}", value=1000 * took, unit="ms", at_most=200)
                for name, took in found.items()
            ],
            *exports,
            Figure(
                name="… JSON lines to reading and encoding alone", value=rates[Form.JSONL] / bare
            ),
            Figure(name="… memory grown by", value=grown / 2**20, unit="MiB", at_most=64),
        ],
    )


def _moment(world: RealWorld, share: float):  # noqa: ANN202
    query = "SELECT timestamptz '2019-01-01Z' + :n * interval '1 s'"
    with world.parts.engine.connect() as connection:
        return connection.execute(text(query), {"n": int(RECORDS * share)}).scalar_one()


def _seconds(act: Callable[[], object]) -> float:
    """The median; the first time is for warming up."""
    took = []
    for _ in range(_TIMES + 1):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return median(took[1:])


def _rate(world: RealWorld, form: Form) -> float:
    """Rows a second, of at most 400,000."""
    hits = world.services.provenance.every(Question(lot="ANT_FOREST-464"), None)
    most = min(RECORDS, 400_000)
    began = time.perf_counter()
    for _ in written(form, Hit, (hit for hit, _ in zip(hits, range(most), strict=False))):
        pass
    return most / (time.perf_counter() - began)


def _bare(world: RealWorld) -> float:
    """Rows a second that are read and encoded, with nothing made of them."""
    most = min(RECORDS, 400_000)
    began = time.perf_counter()
    with world.parts.engine.connect() as connection:
        query = text("SELECT * FROM redemptions ORDER BY lot, first_serial LIMIT :most")
        rows = connection.execution_options(stream_results=True).execute(query, {"most": most})
        for row in rows:
            msgspec.json.encode(row._asdict())
    return most / (time.perf_counter() - began)


@contextmanager
def _world() -> Iterator[tuple[RealWorld, str]]:
    """Large books, and a certificate in a whole batch."""
    with tempfile.TemporaryDirectory(prefix="treering-bench-", dir="/var/tmp") as folder:
        home = Path(folder)
        url = embedded.start(home / "postgres")
        node = EmbeddedNode(Settings.from_environ({}).anvil, free_port(), block_seconds=None)
        try:
            with (
                scene(node.node, url, home / "keys") as built,
                real_world(built, "http://127.0.0.1:1") as world,
            ):
                wish = Wish(lot="ANT_FOREST-277", holder="user-1", name="张三丰", count=_BATCH)
                programme = world.services.authenticate(world.api_key, Scope.REDEEM)
                redeemed = world.services.redeem_now(programme, "bench", wish)
                world.settle()
                world.parts.follower.step()
                _fill(world)
                yield world, redeemed.numbers[_BATCH // 2]
        finally:
            node.kill()
            embedded.stop(home / "postgres")


def _fill(world: RealWorld) -> None:
    lot = world.services.lot("ANT_FOREST-464").lot.id
    with world.parts.engine.begin() as connection:
        for statement in _FILL.strip().rstrip(";").split(";\n"):
            connection.execute(text(statement), {"lot": lot, "records": RECORDS})
    with world.parts.engine.connect().execution_options(
        isolation_level="AUTOCOMMIT"
    ) as connection:
        connection.execute(text("VACUUM ANALYZE redemptions, batches"))
