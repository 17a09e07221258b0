"""Differences in memory: three of them in two provinces, known by one reconciliation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from treering.domain.comparison import cases
from treering.domain.difference import Case
from treering.domain.reconciliation import (
    Event,
    Reconciled,
    Run,
    Scale,
    Standing,
    Turn,
    Wanted,
    World,
)
from treering.domain.role import Person
from treering.errors import DifferenceNotFound
from treering.export.written import Form
from treering.flow.reconciling.export import export

Place = tuple[datetime, UUID]


def _now() -> datetime:
    return datetime.now(UTC)


def standing(number: int, case: Case, province: str, **changes: object) -> Standing:
    opened = _now() - timedelta(days=number)
    turn = Turn(run=1, event=Event.OPENED, left="3", right="4", at=opened)
    made = Standing(
        id=UUID(int=number),
        name=case.name,
        subject=f"lot 1/{number}",
        left="=3+4",
        right="4",
        count=number,
        programme="ANT_FOREST",
        province=province,
        opened_at=opened,
        first_seen=opened,
        last_seen=opened,
        resolved_at=None,
        runs=1,
        history=(turn,),
    )
    return replace(made, **changes)


def made_run() -> Run:
    now = _now()
    return Run(
        id=1,
        started_at=now,
        ended_at=now,
        world=World(block=7, block_hash=b"\7" * 32, block_time=now),
        scale=Scale(lots=1, batches=2, records=6, claims=3, certificates=1),
        found=2,
        opened=1,
        resolved=1,
    )


@dataclass
class FakeDifferences:
    """`all` and `state` may be changed by a test."""

    all: list[Standing] = field(
        default_factory=lambda: [
            standing(3, cases.LOT_COUNT, "150000"),
            standing(2, cases.BATCH_ROOT, "620000"),
            standing(1, cases.LOT_YEAR, "150000", resolved_at=_now()),
        ]
    )
    state: Reconciled = field(
        default_factory=lambda: Reconciled(
            made=made_run(), tried=made_run(), open={"count_differs": 1, "root_differs": 1}
        )
    )

    def reconciled(self, person: Person) -> Reconciled:
        made = self.state.made
        if made and person.provinces is not None:
            made = replace(made, found=self.count(person, Wanted()))
        return replace(self.state, made=made)

    def page(
        self, person: Person, wanted: Wanted, after: Place | None = None, most: int = 100
    ) -> Sequence[Standing]:
        if wanted.province:
            person.insist_on(wanted.province)
        fits = [one for one in self.all if _fits(one, replace(wanted, provinces=person.provinces))]
        ordered = sorted(fits, key=lambda one: (one.opened_at, one.id))
        return [one for one in ordered if not after or (one.opened_at, one.id) > after][:most]

    def count(self, person: Person, wanted: Wanted) -> int:
        return len(self.page(person, wanted))

    def one(self, person: Person, difference: UUID) -> Standing:
        for one in self.all:
            if one.id == difference and person.may_see(one.province or ""):
                return one
        raise DifferenceNotFound(str(difference))

    def export(self, person: Person, wanted: Wanted, form: Form) -> Iterator[bytes]:
        return export(form, self.page(person, wanted), _now())


def _fits(one: Standing, wanted: Wanted) -> bool:
    return (
        wanted.kind in (None, one.case.kind.value)
        and wanted.programme in (None, one.programme)
        and wanted.province in (None, one.province)
        and (wanted.provinces is None or one.province in wanted.provinces)
        and wanted.is_open in (None, one.resolved_at is None)
        and (wanted.older_than is None or one.age(_now()) >= wanted.older_than)
    )
