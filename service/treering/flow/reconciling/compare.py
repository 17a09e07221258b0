"""Compare the sides, row by row as PostgreSQL lays them beside each other."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from treering.domain.comparison.batches import compare_batch
from treering.domain.comparison.certificates import compare_certificate, contradiction, dispute
from treering.domain.comparison.claims import ClaimRow, Moment, compare_claim
from treering.domain.comparison.lots import compare_count, compare_lot, unknown_count
from treering.domain.difference import Difference
from treering.domain.fulfilment import Entry
from treering.domain.reconciliation import Scale
from treering.domain.recount.difference import lot_name, record_name
from treering.flow.reconciling.chain_side import ChainSide
from treering.flow.reconciling.holder_side import differing_holders
from treering.store.side_by_side import SideBySide
from treering.store.vault import Vault


@dataclass
class Comparison:
    """`time_of` gives a block's time by its number. After all were compared, `unjudged` has
    what is on its way, `looked_at` the lots of the counts that were brought."""

    sides: SideBySide
    chain: ChainSide
    vault: Vault
    time_of: Callable[[int], datetime]
    settled: datetime
    late_before: datetime
    unjudged: list[str] = field(default_factory=list)
    looked_at: list[str] = field(default_factory=list)

    def scale(self) -> Scale:
        """How much there was to compare."""
        chain = self.chain
        return Scale(
            lots=len(chain.lots), batches=chain.batches, records=chain.records, **self.sides.sums()
        )

    def lots(self) -> Iterator[Difference]:
        books = dict(self.chain.lots)
        for row in self.sides.lots():
            yield from compare_lot(row.id, row, books.pop(row.id, None), self.late_before)
        for lot, book in books.items():
            yield from compare_lot(lot, None, book, self.late_before)

    def batches(self, block: int) -> Iterator[Difference]:
        for row in self.sides.batches():
            yield from compare_batch(row, block, self.late_before)

    def holders(self) -> Iterator[Difference]:
        stage = self.chain.stage
        yield from differing_holders(self.vault, stage.ordered(), stage.held())

    def claims(self, head_time: datetime) -> Iterator[Difference]:
        at = Moment(settled=self.settled, late_before=self.late_before, head_time=head_time)
        time_of = lru_cache(1000)(self.time_of)
        for row, block, raw, moving in self.sides.claims():
            dated = replace(
                row,
                claimed_at=time_of(block) if block is not None and row.claim else None,
                entered_at=Entry.read(0, raw).at if raw else None,
                is_minted=self.chain.is_minted(row.tree),
            )
            if moving or at.is_moving(dated):
                self._leave(dated)
            else:
                yield from compare_claim(dated, at)

    def certificates(self) -> Iterator[Difference]:
        for row in self.sides.certificates():
            yield from compare_certificate(row)
        for number, held, offered in self.sides.contradictions():
            yield contradiction(number, held, offered)
        yield from map(dispute, self.sides.disputes())

    def counts(self, by_lot: Mapping[str, int]) -> Iterator[Difference]:
        """Accepted counts that somebody brought, by the lots' names."""
        for name, count in by_lot.items():
            lot = self.sides.lot_named(name)
            self.looked_at.append(lot_name(lot) if lot is not None else f"lot {name}")
            if lot is None:
                yield unknown_count(name, count)
            else:
                yield from compare_count(lot, count, self.chain.lots.get(lot))

    def _leave(self, row: ClaimRow) -> None:
        self.unjudged.append(record_name(row.tree))
