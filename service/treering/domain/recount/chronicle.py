"""What an auditor lists beside his sums: batches, statements, claims and roles, in order.

A line is kept for each event but not for each record: a batch of 4,096 is one line.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from treering.domain.record import HOLDER_BYTES, LotId, TreeId
from treering.domain.recount import events as told


@dataclass(frozen=True, slots=True)
class BatchLine:
    """`count` records from `first_serial` on, as the event at (`block`, `log`) tells."""

    lot: LotId
    first_serial: int
    count: int
    root: bytes
    block: int
    log: int
    transaction: bytes


@dataclass(frozen=True, slots=True)
class StatementLine:
    lot: LotId
    stage: int
    inspector: str
    old_count: int
    new_count: int
    inspected_at: int
    report: bytes
    id: bytes
    block: int
    transaction: bytes


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim; or its release, where `released`."""

    tree: TreeId
    commitment: bytes
    released: bool
    block: int
    transaction: bytes


@dataclass(frozen=True, slots=True)
class RoleLine:
    """`role` has 32 bytes; `granted` is False where it was taken or given up."""

    role: bytes
    account: str
    granted: bool
    sender: str
    block: int
    transaction: bytes


@dataclass(slots=True)
class Chronicle:
    batches: list[BatchLine] = field(default_factory=list)
    statements: list[StatementLine] = field(default_factory=list)
    claims: list[ClaimLine] = field(default_factory=list)
    roles: list[RoleLine] = field(default_factory=list)

    def take(self, entry: told.Entry) -> None:
        event, place = entry.event, entry.place
        block, transaction = place.block, place.transaction
        match event:
            case told.BatchMinted(lot, first, root, holders):
                size = len(holders) // HOLDER_BYTES
                line = BatchLine(lot, first, size, root, block, place.index, transaction)
                self.batches.append(line)
            case told.Stated():
                self.statements.append(_statement(event, block, transaction))
            case told.RecordClaimed(tree, commitment):
                self.claims.append(ClaimLine(tree, commitment, False, block, transaction))
            case told.ClaimReleased(tree, commitment):
                self.claims.append(ClaimLine(tree, commitment, True, block, transaction))
            case told.RoleGranted(role, account, sender):
                self.roles.append(RoleLine(role, account, True, sender, block, transaction))
            case told.RoleRevoked(role, account, sender):
                self.roles.append(RoleLine(role, account, False, sender, block, transaction))

    def reports(self, lot: LotId) -> Iterator[StatementLine]:
        """The statements on a lot, oldest first: what a visit to the field is held against."""
        return (line for line in self.statements if line.lot == lot)


def _statement(event: told.Stated, block: int, transaction: bytes) -> StatementLine:
    return StatementLine(
        lot=event.lot,
        stage=event.stage,
        inspector=event.inspector,
        old_count=event.old_count,
        new_count=event.new_count,
        inspected_at=event.inspected_at,
        report=event.report,
        id=event.id,
        block=block,
        transaction=transaction,
    )
