"""A million records held together: chain, mirror and database, at one block and one head.

The chain is a real Anvil that holds all of them; database and mirror are filled as the flows
would leave them. The price is told as a ratio to bare hashing of the same records, in the same
run: each record's leaf and node, once.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event as Stop
from threading import Thread
from uuid import UUID

import psutil
from sha3 import keccak_256
from sqlalchemy import text

from bench.chain import Published, published
from bench.figures import Figure, show
from bench.ground import Ground, ground
from bench.processor import of_database
from treering.chain import abi, sender
from treering.chain.keys import minter_name
from treering.chain.sender import Call
from treering.domain.fulfilment import Entry, Event, Fulfilment
from treering.domain.holder import commitments, reference_hash
from treering.domain.merkle import batch_root
from treering.domain.record import LotId, lot_id, tree_id
from treering.domain.registry_head import TreeHead
from treering.domain.registry_log import Frontier
from treering.flow.reconciling.reconcile import Reconciler
from treering.store.driver import driver
from treering.store.mirror import Mirror
from treering.store.mirror_replay import Replay
from treering.store.vault import HOLDER

RECORDS, BATCH, EVERY = 1_000_000, 4000, 4  # every fourth record is of a new holder
CERTIFICATES = 2000  # of three records each
LOT, FEED = lot_id(1, 277), "bench.example/log"
NOW = datetime.now(UTC)


def run(records: int = RECORDS) -> bool:
    with ground() as made, published(made, capacity=records) as chain:
        hashing = _hashing(records)
        batches = list(_filled(made, chain, records))
        _minted(chain, batches)
        _exchanged(made, chain, records // EVERY)
        seconds, work, memory, found = _reconciled(made, chain)
    return show(
        f"reconcile: {records:,} records, {CERTIFICATES:,} fulfilment certificates",
        [
            Figure(name="reconciliation", value=seconds, unit="s", at_most=60),
            Figure(name="work of processors", value=work, unit="s"),
            Figure(name="bare hashing of the records", value=hashing, unit="s"),
            Figure(name="work to bare hashing", value=work / hashing, unit="x"),
            Figure(name="memory of the process", value=memory, unit="MB", at_most=500),
            Figure(name="differences", value=found, at_least=0, at_most=0),
        ],
    )


def _hashing(records: int) -> float:
    """Seconds of processor for two hashes a record."""
    begun, word, node = time.process_time(), bytes(32), bytes(64)
    for _ in range(records):
        keccak_256(word).digest()
        keccak_256(node).digest()
    return time.process_time() - begun


def _filled(made: Ground, chain: Published, records: int) -> Iterator[tuple[int, bytes]]:
    """Holders, redemptions and batches; the batches, by first serial."""
    secrets = [n.to_bytes(32, "big") + reference_hash(str(n)) for n in range(records // EVERY)]
    vault = chain.parts.vault
    holders = ((n, UUID(int=n), vault.seal(box, HOLDER)) for n, box in enumerate(secrets, 1))
    _copy(made, "holders (id, lookup, sealed) FROM STDIN", holders)
    spread = len(secrets)
    rows = ((LOT, n, 1 + n % spread, NOW, NOW, 1, 0, "", "") for n in range(records))
    _copy(made, "redemptions FROM STDIN", rows)
    batches = []
    for first in range(0, records, BATCH):
        serials = range(first, min(first + BATCH, records))
        made_of = (secrets[n % spread] for n in serials)
        batches.append((first, commitments(tree_id(LotId(LOT), first), made_of)))
    roots = (
        ("ANT_FOREST", LOT, first, len(held) // 20, "final", held,
         batch_root(tree_id(LotId(LOT), first), held), NOW, 1, bytes(32))
        for first, held in batches
    )  # fmt: skip
    columns = "programme, lot, first_serial, count, state, holders, root, sealed_at"
    _copy(made, f"batches ({columns}, block_number, block_hash) FROM STDIN", roots)
    with made.engine.begin() as connection:
        told = {"n": records, "lot": LOT}
        connection.execute(text("UPDATE lots SET asked = :n, sealed = :n WHERE id = :lot"), told)
    yield from batches


def _minted(chain: Published, batches: list[tuple[int, bytes]]) -> None:
    minter = chain.parts.keys.account(minter_name("ANT_FOREST"))
    contract = chain.parts.ledger.contract
    for at in range(0, len(batches), 50):
        calls = [
            Call(contract, abi.call_data("mint", LOT, first, held))
            for first, held in batches[at : at + 50]
        ]
        sender.act(chain.parts.ledger.node, minter, *calls)


def _exchanged(made: Ground, chain: Published, spread: int) -> None:
    """Three records each, on the chain, in the mirror and in our database."""
    entries = [_entry(number, spread) for number in range(CERTIFICATES)]
    contract, registry = chain.parts.ledger.contract, chain.parts.keys.account("registry")
    calls = [
        Call(contract, abi.call_data("claim", entry.certificate, list(entry.trees)))
        for entry in entries
    ]
    for at in range(0, len(calls), 500):
        sender.act(chain.parts.ledger.node, registry, *calls[at : at + 500])
    frontier = Frontier().appended([entry.raw for entry in entries])
    with made.engine.begin() as connection:
        mirror, replay = Mirror(connection, FEED), Replay(connection, FEED)
        replay.append(0, [(entry.raw, entry) for entry in entries])
        replay.write([Fulfilment(n, entry) for n, entry in enumerate(entries)], set())
        head = TreeHead(FEED, len(entries), frontier.root, datetime.now(UTC), "")
        mirror.keep_head(head, frontier, datetime.now(UTC))
    array = "{{" + ",".join(["{}"] * 3) + "}}"
    rows = (
        (UUID(int=n), 1 + n * 3, 2024, "claimed",
         array.format(*(f'"\\\\x{tree:024x}"' for tree in entry.trees)),
         b"", entry.certificate, NOW - timedelta(days=1), "150000", True)
        for n, entry in enumerate(entries)
    )  # fmt: skip
    columns = (
        "id, holder, year, state, trees, sealed_salt, commitment, applied_at, adcode, settled"
    )
    _copy(made, f"exchanges ({columns}) FROM STDIN", rows)


def _entry(number: int, spread: int) -> Entry:
    """Of one holder: his records lie a fourth of all apart."""

    return Entry(
        event=Event.ISSUED,
        certificate=keccak_256(b"%d" % number).digest(),
        year=2024,
        adcode="150000",
        form="F6",
        trees=tuple(tree_id(LotId(LOT), number * 3 + spread * part) for part in range(3)),
        at=(NOW - timedelta(days=1)).replace(microsecond=0),
        synthetic=True,
    )


def _reconciled(made: Ground, chain: Published) -> tuple[float, float, float, int]:
    """Seconds, processors' seconds, peak of memory in MB, differences."""
    time.sleep(3)  # until all is final
    parts = chain.parts
    reconciler = Reconciler(
        engine=parts.engine,
        vault=parts.vault,
        ledger=parts.ledger,
        feed=FEED,
        clock=lambda: datetime.now(UTC),
        promise=timedelta(hours=1),
        patience=timedelta(minutes=10),
    )
    ended, peak, own = Stop(), [0.0], psutil.Process()

    def look() -> None:
        while not ended.wait(0.1):
            peak[0] = max(peak[0], own.memory_full_info().uss / 2**20)

    watcher = Thread(target=look)
    watcher.start()
    before = time.process_time() + of_database(made.engine)
    begun = time.perf_counter()
    found = reconciler.run().found
    seconds = time.perf_counter() - begun
    work = time.process_time() + of_database(made.engine) - before
    ended.set()
    watcher.join()
    return seconds, work, peak[0], found


def _copy(made: Ground, where: str, rows: Iterator[tuple[object, ...]]) -> None:
    with (
        made.engine.begin() as connection,
        driver(connection) as raw,
        raw.cursor().copy(f"COPY {where}".encode()) as out,
    ):
        for row in rows:
            out.write_row(row)
