"""The auditor's console over books in memory; one role was ever granted."""

from collections.abc import Sequence
from datetime import date

from tests.fakes.books import Books
from treering import errors
from treering.domain.console import (
    GROUPINGS,
    BatchRow,
    ConsoleView,
    Known,
    LotBatches,
    RecordProof,
    RoleChange,
    outliers,
    sums,
)
from treering.domain.merkle import MerkleTree
from treering.domain.planting import Band
from treering.domain.view import LotView

GRANTED = RoleChange(
    role="minter 1",
    account="0x" + "a1" * 20,
    granted=True,
    sender="0x" + "ad" * 20,
    block=7,
    transaction=b"\7" * 32,
)


class FakeConsole:
    def __init__(self, books: Books) -> None:
        self.books = books

    def view(self, lots: Sequence[LotView]) -> ConsoleView:
        known = {view.lot.slug: Known(Band(30, 110), date(view.lot.year, 3, 1)) for view in lots}
        return ConsoleView(
            sums={grouping: sums(lots, grouping) for grouping in GROUPINGS},
            outliers=outliers(lots, known),
            changes=None if self.books.down else [GRANTED],
            unknown=sum(view.facts is None for view in lots),
        )

    def batches(self, slug: str, after: int) -> LotBatches:
        if slug not in self.books.lots:
            raise errors.LotNotFound(slug)
        lot = self.books.lots[slug]
        rows = [self._row(b) for b in self.books.batches if b.lot == lot.id]
        return LotBatches(lot, [row for row in rows if row.first_serial >= after], None)

    def record(self, slug: str, serial: int) -> RecordProof:
        lot = self.batches(slug, 0).lot
        for batch in self.books.batches:
            place = serial - batch.first_serial
            if batch.lot == lot.id and batch.inclusion and 0 <= place < batch.count:
                tree = MerkleTree.over([record.word for record in batch.records()])
                return RecordProof(lot, batch.record(place), self._row(batch), tree.proof(place))
        raise errors.CertificateNotFound(str(serial))

    def _row(self, batch) -> BatchRow:
        found = batch.inclusion
        return BatchRow(
            batch.first_serial,
            batch.count,
            batch.state.value,
            batch.root,
            found.block_number if found else None,
            found.transaction if found else None,
        )
