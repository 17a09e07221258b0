"""Lots as people see them: what was published, and what the chain says, side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from treering.chain import testimony
from treering.chain.ledger import LedgerAt
from treering.chain.testimony import Testimony
from treering.domain.lot import Lot
from treering.domain.record import TreeId, programme_of
from treering.domain.view import LotFacts, LotView, Programme, StatementView
from treering.flow.verifying.findings import NO_ANSWER
from treering.store import parties
from treering.store.lots import Lots

Names = dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """`world` pins the ledger at a tag; `programmes` are the tenants by number."""

    engine: Engine
    world: Callable[[str], LedgerAt]
    programmes: Callable[[], dict[int, Programme]]

    def lot(self, slug: str) -> LotView:
        """LotNotFound."""
        with self.engine.connect() as connection:
            lot = Lots(connection).named(slug)
            names = parties.by_address(connection)
        return self._view(lot, self.pinned(), names)

    def lots(self) -> list[LotView]:
        with self.engine.connect() as connection:
            lots = Lots(connection).all()
            names = parties.by_address(connection)
        world = self.pinned()
        return [self._view(lot, world, names) for lot in lots]

    def facts(self, lot: Lot, world: LedgerAt | None) -> LotFacts | None:
        """What the chain says of a lot; None while it is silent."""
        try:
            return world.lot(lot.id) if world else None
        except NO_ANSWER:
            return None

    def statements(
        self, lot: Lot, facts: LotFacts | None, world: LedgerAt | None
    ) -> tuple[StatementView, ...]:
        """What inspectors stated after planting: nothing is looked up where nobody did."""
        if facts is None or (facts.accepted, facts.surveyed) == (None, None):
            return ()
        return self.all_statements(lot, world)

    def all_statements(self, lot: Lot, world: LedgerAt | None) -> tuple[StatementView, ...]:
        """Those before planting included, oldest first."""
        with self.engine.connect() as connection:
            names = parties.by_address(connection)
        return _statements(lot, world, names)

    def fallen_at(self, tree: TreeId, world: LedgerAt | None) -> datetime | None:
        """When the record was revoked or replaced; None if it was not, or nobody can tell."""
        try:
            return world.revoked_at(tree) if world else None
        except NO_ANSWER:
            return None

    def pinned(self) -> LedgerAt | None:
        """The ledger at the newest final block; None while the node is silent."""
        try:
            return self.world("finalized")
        except NO_ANSWER:
            return None

    def _view(self, lot: Lot, world: LedgerAt | None, names: Names) -> LotView:
        return LotView(
            lot=lot,
            programme=self.programmes()[programme_of(lot.id)],
            facts=self.facts(lot, world),
            statements=_statements(lot, world, names),
        )


def _statements(lot: Lot, world: LedgerAt | None, names: Names) -> tuple[StatementView, ...]:
    try:
        stated = testimony.of_lot(world, lot.id) if world else []
    except NO_ANSWER:
        return ()
    return tuple(_statement(one, names) for one in stated)


def _statement(stated: Testimony, names: Names) -> StatementView:
    en, zh = names.get(stated.inspector, (None, None))
    return StatementView(
        stage=stated.stage.name,
        inspector=stated.inspector,
        party_en=en,
        party_zh=zh,
        count=stated.count,
        inspected_at=stated.inspected_at,
        report=stated.report,
        transaction=stated.transaction,
        id=stated.id,
        supersedes=stated.supersedes if any(stated.supersedes) else None,
    )
