"""The holder of every record: the chain's 20 bytes against what our redemptions come to.

A batch is compared as a whole first; only one that differs is looked at record by record.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from treering.domain.comparison import cases
from treering.domain.difference import Difference
from treering.domain.record import HOLDER_BYTES, LotId, tree_id
from treering.domain.recount.difference import record_name


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive records of a batch. `holders` are 20 bytes each, by our redemptions; None
    for those whose secret is gone, b"" for those that nobody redeemed."""

    count: int
    holders: bytes | None


def compare_holders(
    lot: LotId, first_serial: int, minted: bytes, stretches: Sequence[Stretch]
) -> Iterator[Difference]:
    """`minted` are the chain's holders of one batch, which the stretches cover in order."""
    serial, seen = first_serial, 0
    for stretch in stretches:
        theirs = minted[seen : seen + HOLDER_BYTES * stretch.count]
        if stretch.holders == b"":
            yield _unredeemed(lot, serial, stretch.count)
        elif stretch.holders is not None and stretch.holders != theirs:
            yield from _differing(lot, serial, stretch.holders, theirs)
        serial += stretch.count
        seen += len(theirs)


def _unredeemed(lot: LotId, serial: int, count: int) -> Difference:
    return Difference(
        case=cases.RECORD_UNREDEEMED,
        subject=record_name(tree_id(lot, serial)),
        left="no redemption",
        right=f"{count} records",
        count=count,
        lot=lot,
    )


def _differing(lot: LotId, serial: int, ours: bytes, theirs: bytes) -> Iterator[Difference]:
    """One difference for each run of records that differ, so that a lost key is not a flood."""
    differs = [
        ours[at : at + HOLDER_BYTES] != theirs[at : at + HOLDER_BYTES]
        for at in range(0, len(theirs), HOLDER_BYTES)
    ]
    start = 0
    for end in range(1, len(differs) + 1):
        if end < len(differs) and differs[end] == differs[start]:
            continue
        if differs[start]:
            at = HOLDER_BYTES * start
            yield Difference(
                case=cases.RECORD_HOLDER,
                subject=record_name(tree_id(lot, serial + start)),
                left=f"0x{ours[at : at + HOLDER_BYTES].hex()}",
                right=f"0x{theirs[at : at + HOLDER_BYTES].hex()}",
                count=end - start,
                lot=lot,
            )
        start = end
