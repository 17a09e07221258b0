"""What an operator sees of the books in memory."""

from datetime import timedelta

from tests.fakes.books import NOW, Books
from treering.domain.batch import BatchState
from treering.domain.overview import Alarm, Minter, MirrorNow, NodeNow, Overview, Stopped, Waiting
from treering.domain.reconciliation import Reconciled, Run
from treering.domain.view import Counts

_NODE = "node.example:8545"
_MINTER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


def overview(books: Books, counts: tuple[Counts, ...]) -> Overview:
    return Overview(
        counts=counts,
        queue=tuple(_queue(books)),
        stopped=tuple(_stopped(books)),
        minters=tuple(_minter(books, p.code) for p in books.programmes.values()),
        nodes=_nodes(books),
        mirror=MirrorNow(feed="registry.example/log", entries=12, age=timedelta(hours=3)),
        alarms=(_alarm("not reached", 413), _alarm("batch refused", 1)),
        as_of=NOW,
        reconciled=Reconciled(made=_run(), tried=_run(), open={"late": 2}),
    )


def _run() -> Run:
    return Run(id=1, started_at=NOW, ended_at=NOW - timedelta(minutes=5), found=2)


def _alarm(event: str, times: int) -> Alarm:
    return Alarm(
        event=event,
        code="TR101" if times > 1 else "",
        batch=None if times > 1 else 7,
        level="warning",
        why="eth_blockNumber: ConnectError",
        times=times,
        first_at=NOW - timedelta(hours=2),
        last_at=NOW,
    )


def _queue(books: Books) -> list[Waiting]:
    asked = sum(r.count for r in books.redemptions.values())
    sealed = sum(batch.count for batch in books.batches)
    oldest = NOW if asked > sealed else None
    found = [Waiting(state="redeemed", batches=0, records=asked - sealed, oldest=oldest)]
    for state in BatchState:
        held = [batch for batch in books.batches if batch.state is state]
        if held:
            since = None if state is BatchState.FINAL else min(b.sealed_at for b in held)
            records = sum(batch.count for batch in held)
            found.append(Waiting(state=state, batches=len(held), records=records, oldest=since))
    return found


def _stopped(books: Books) -> list[Stopped]:
    return [
        Stopped(
            batch=batch.id,
            lot=books.lot_by_id(batch.lot).slug,
            first_serial=batch.first_serial,
            count=batch.count,
            reason=batch.reason or "",
            sealed_at=batch.sealed_at,
        )
        for batch in books.batches
        if batch.state is BatchState.BLOCKED
    ]


def _minter(books: Books, programme: str) -> Minter:
    known = not books.down
    return Minter(
        programme=programme,
        address=_MINTER,
        balance=10**18 if known else None,
        nonce=7 if known else None,
        in_flight=0,
    )


def _nodes(books: Books) -> tuple[NodeNow, ...]:
    silent = NodeNow(name="other.example", fault="eth_getBlockByNumber: ConnectError")
    if books.down:
        return (silent,)
    return (NodeNow(name=_NODE, head=books.block + 2, head_at=NOW, final=books.block), silent)
