"""Lots and counts, as the books and the chain of the same process have them."""

from collections.abc import Sequence
from datetime import timedelta

from tests.fakes.books import NOW
from tests.fakes.held import Held
from tests.fakes.overview import overview
from treering.domain.batch import BatchState
from treering.domain.keccak import keccak
from treering.domain.lot import Lot
from treering.domain.overview import Overview
from treering.domain.view import Counts, LotFacts, LotView, StatementView


class Lots(Held):
    """Lots with their facts and statements; the five numbers."""

    def lot(self, slug: str) -> LotView:
        lot = self._lot(slug)
        return LotView(
            lot=lot,
            programme=self._programme(lot.programme),
            facts=self._facts(lot),
            statements=() if self.books.down else tuple(self._statements(lot)),
        )

    def lots(self) -> Sequence[LotView]:
        return [self.lot(slug) for slug in self.books.lots]

    def counts(self) -> Sequence[Counts]:
        return [self._count(unit) for unit in ("TREE", "PLANT", "M2")]

    def overview(self) -> Overview:
        return overview(self.books, tuple(self.counts()))

    def _facts(self, lot: Lot) -> LotFacts | None:
        if self.books.down:
            return None
        minted = sum(b.count for b in self.books.batches if b.lot == lot.id and b.inclusion)
        gone = {tree for tree in self.books.revoked if tree >> 32 == lot.id}
        accepted = self.books.accepted.get(lot.slug)
        return LotFacts(
            site=lot.site,
            species=lot.species.code,
            unit=lot.unit,
            year=lot.year,
            dossier=keccak(lot.slug.encode()),
            endorsed=lot.capacity,
            accepted=accepted,
            surveyed=None,
            minted=minted,
            revoked=len(gone),
            deficit=max(0, minted - accepted) if accepted is not None else 0,
            closed=False,
            block=self.books.block,
            block_hash=keccak(b"block" + self.books.block.to_bytes(8, "big")),
            as_of=NOW + timedelta(minutes=5),
        )

    def _statements(self, lot: Lot) -> list[StatementView]:
        stages = [("ENDORSEMENT", lot.capacity)]
        if lot.slug in self.books.accepted:
            stages.append(("ACCEPTANCE", self.books.accepted[lot.slug]))
        return [
            StatementView(
                stage=stage,
                inspector="0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
                party_en=lot.inspector_en,
                party_zh=lot.inspector_zh,
                count=count,
                inspected_at=NOW - timedelta(days=2000),
                report=keccak(stage.encode()),
                transaction=keccak(lot.slug.encode() + stage.encode()),
            )
            for stage, count in stages
        ]

    def _count(self, unit: str) -> Counts:
        ids = {lot.id for lot in self.books.lots.values() if lot.unit.name == unit}
        batches = [batch for batch in self.books.batches if batch.lot in ids]
        final = sum(b.count for b in batches if b.state is BatchState.FINAL)
        mined = sum(b.count for b in batches if b.inclusion)
        asked = sum(r.count for r in self.books.redemptions.values() if r.lot in ids)
        return Counts(
            unit=unit,
            asked=asked,
            sent=mined,
            mined=mined,
            final=final,
            counted=None if self.books.down else mined,
            block=None if self.books.down else self.books.block,
            as_of=NOW,
        )
