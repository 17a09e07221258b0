"""The auditor's console, from our books and from the contract's own events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Engine

from treering.chain import abi
from treering.chain.ledger import LedgerAt
from treering.chain.node import data, quantity, understood
from treering.domain import planting
from treering.domain.batch import Batch
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
from treering.domain.lot import Lot
from treering.domain.record import tree_id
from treering.domain.recount.duties import Duties
from treering.domain.survival import Survival
from treering.domain.view import LotView
from treering.errors import CertificateNotFound
from treering.flow.verifying.findings import NO_ANSWER
from treering.store.batches import Batches
from treering.store.console import Rows
from treering.store.lot_ground import LotGrounds
from treering.store.lots import Lots

PAGE = 200
_SERIALS = 2**32


@dataclass(frozen=True, slots=True)
class Console:
    """`pinned` is the ledger at the newest final block, None while the node is silent;
    `programmes` are the tenants' numbers, `survivals` judges lots by the rules of their zones."""

    engine: Engine
    pinned: Callable[[], LedgerAt | None]
    programmes: Callable[[], Sequence[int]]
    survivals: Callable[[Sequence[LotView]], Mapping[str, Survival | None]]

    def view(self, lots: Sequence[LotView]) -> ConsoleView:
        alive = self.survivals(lots)
        with self.engine.connect() as connection:
            known = {
                view.lot.slug: _known(connection, view.lot, alive[view.lot.slug]) for view in lots
            }
        return ConsoleView(
            sums={grouping: sums(lots, grouping) for grouping in GROUPINGS},
            outliers=outliers(lots, known),
            changes=self._changes(),
            unknown=sum(view.facts is None for view in lots),
        )

    def batches(self, slug: str, after: int) -> LotBatches:
        with self.engine.connect() as connection:
            lot = Lots(connection).named(slug)
            rows = Rows(connection).of_lot(lot.id, after, PAGE + 1)
        following = rows[PAGE].first_serial if len(rows) > PAGE else None
        return LotBatches(lot, rows[:PAGE], following)

    def record(self, slug: str, serial: int) -> RecordProof:
        with self.engine.connect() as connection:
            lot = Lots(connection).named(slug)
            is_serial = 0 <= serial < _SERIALS
            batch = Batches(connection).of_tree(tree_id(lot.id, serial)) if is_serial else None
        if batch is None or batch.inclusion is None:
            raise CertificateNotFound(f"{slug} has no record {serial} on chain")
        position = serial - batch.first_serial
        tree = batch.tree()
        return RecordProof(lot, batch.record(position), _row(batch), tree.proof(position))

    def _changes(self) -> list[RoleChange] | None:
        """Newest first."""
        duties = Duties()
        for number in self.programmes():
            duties.open_programme(number)
        topics = {"0x" + abi.event_topic(n).hex(): n for n in ("RoleGranted", "RoleRevoked")}
        try:
            world = self.pinned()
            logs = world.logs([list(topics)]) if world else None
            if logs is None:
                return None
            return understood(lambda: [_change(log, topics, duties) for log in reversed(logs)])
        except NO_ANSWER:
            return None


def _change(log: dict[str, object], topics: dict[str, str], duties: Duties) -> RoleChange:
    kind, role, account, sender = [str(topic) for topic in log["topics"]]  # type: ignore[attr-defined]
    return RoleChange(
        role=duties.name(data(role)),
        account="0x" + account[-40:].lower(),
        granted=topics[kind] == "RoleGranted",
        sender="0x" + sender[-40:].lower(),
        block=quantity(str(log["blockNumber"])),
        transaction=data(str(log["transactionHash"])),
    )


def _known(connection: Connection, lot: Lot, alive: Survival | None) -> Known:
    band = LotGrounds(connection).band(lot.species.code)
    return Known(band, _begun(Rows(connection).planted_from(lot.id)), alive)


def _begun(text: str | None) -> date | None:
    return planting.days_of(text)[0] if text else None


def _row(batch: Batch) -> BatchRow:
    found = batch.inclusion
    return BatchRow(
        first_serial=batch.first_serial,
        count=batch.count,
        state=batch.state.value,
        root=batch.root,
        block=found.block_number if found else None,
        transaction=found.transaction if found else None,
    )
