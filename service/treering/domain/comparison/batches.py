"""A batch as our database and the chain tell it, laid side by side by its first record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from treering.domain.comparison import cases
from treering.domain.difference import Case, Difference
from treering.domain.record import LotId, tree_id
from treering.domain.recount.difference import record_name

_DONE = ("mined", "final")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """`count` and what follows it are ours, None where our database has no such batch; `minted`
    and `minted_root` are the chain's, None where it has none. `block` is where our database
    says that it was mined."""

    lot: LotId
    first_serial: int
    count: int | None
    root: bytes | None
    state: str | None
    sealed_at: datetime | None
    block: int | None
    minted: int | None
    minted_root: bytes | None

    @property
    def is_done(self) -> bool:
        return self.state in _DONE


def compare_batch(row: BatchRow, block: int, late_before: datetime) -> Iterator[Difference]:
    """At block `block`; what our database calls mined after it is not there yet."""
    if row.count is None or row.root is None:
        said = f"{row.minted} records, root 0x{(row.minted_root or b'').hex()}"
        yield _of(row, cases.BATCH_FOREIGN, "no batch", said)
        return
    if row.minted is None or row.minted_root is None:
        if row.is_done and row.block is not None and row.block <= block:
            yield _of(row, cases.BATCH_LOST, f"{row.state} in block {row.block}", "no batch")
    else:
        yield from _contents(row, row.count, row.root, row.minted, row.minted_root)
    if not row.is_done and row.sealed_at is not None and row.sealed_at < late_before:
        said = f"{row.state}, sealed at {row.sealed_at:%Y-%m-%dT%H:%M:%SZ}"
        there = "no batch" if row.minted is None else "minted"
        yield _of(row, cases.BATCH_LATE, said, there)


def _contents(
    row: BatchRow, count: int, root: bytes, minted: int, minted_root: bytes
) -> Iterator[Difference]:
    if count != minted:
        yield _of(row, cases.BATCH_COUNT, f"{count} records", f"{minted} records")
    elif root != minted_root:
        yield _of(row, cases.BATCH_ROOT, f"0x{root.hex()}", f"0x{minted_root.hex()}")


def _of(row: BatchRow, case: Case, left: str, right: str) -> Difference:
    return Difference(
        case=case,
        subject=f"batch from {record_name(tree_id(row.lot, row.first_serial))}",
        left=left,
        right=right,
        count=row.minted or row.count or 1,
        lot=row.lot,
    )
