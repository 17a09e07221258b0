"""A certificate: all that is said of one record, once its batch is final.

It is derived, not stored: the redemption, the batch and the lot already hold every fact.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from treering.domain.batch import Batch, BatchState, Inclusion
from treering.domain.lot import Lot
from treering.domain.merkle import MerkleTree
from treering.domain.number import CertificateNumber
from treering.domain.record import Record, serial_of
from treering.domain.redemption import Redemption
from treering.errors import NotFinal


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """`first_serial`, `count` and `root` are the batch's; `proof` leads from record to root."""

    number: str
    programme: str
    masked_name: str
    redeemed_at: datetime
    lot: Lot
    record: Record
    first_serial: int
    count: int
    root: bytes
    proof: tuple[bytes, ...]
    chain_id: int
    contract: str
    inclusion: Inclusion


def certificate(
    number: CertificateNumber,
    redemption: Redemption,
    lot: Lot,
    batch: Batch | None,
    *,
    chain_id: int,
    contract: str,
    tree_of: Callable[[Batch], MerkleTree] = Batch.tree,
) -> Certificate:
    """The certificate for one record; NotFinal while its batch still waits for the chain."""
    if batch is None or batch.state is not BatchState.FINAL or batch.inclusion is None:
        raise NotFinal(str(number))
    position = serial_of(number.tree) - batch.first_serial
    tree = tree_of(batch)
    return Certificate(
        number=str(number),
        programme=redemption.programme,
        masked_name=redemption.masked_name,
        redeemed_at=redemption.redeemed_at,
        lot=lot,
        record=batch.record(position),
        first_serial=batch.first_serial,
        count=batch.count,
        root=tree.root,
        proof=tree.proof(position),
        chain_id=chain_id,
        contract=contract,
        inclusion=batch.inclusion,
    )
