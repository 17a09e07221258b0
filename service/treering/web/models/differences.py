"""What the API answers about differences, as OpenAPI documents it."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from treering.domain.difference import Kind, Owner, Side
from treering.domain.reconciliation import Event, Reconciled, Run, Standing

# A run every hour is the default; what is older than a day is no longer known.
FRESH = timedelta(days=1)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class RunOut(_Answer):
    """The world that was compared: a final block, and the head of the registry's log."""

    id: int
    at: datetime
    block: int
    block_hash: str
    feed: str | None
    head_size: int | None
    head_root: str | None
    records: int
    claims: int
    certificates: int
    found: int


class TurnOut(_Answer):
    event: Event
    run: int
    at: datetime
    left_says: str
    right_says: str


class DifferenceOut(_Answer):
    """`left` and `right` are the two sides; `next_en` and `next_zh` are for the owner."""

    id: UUID
    kind: Kind
    case: str
    subject: str
    count: int = Field(description="How many records it concerns")
    owner: Owner
    programme: str | None
    province: str | None
    left: Side
    left_says: str
    right: Side
    right_says: str
    says_en: str
    says_zh: str
    next_en: str
    next_zh: str
    age_days: int
    opened_at: datetime
    first_seen: datetime
    last_seen: datetime
    resolved_at: datetime | None
    runs: int = Field(description="In how many reconciliations it was seen")
    history: list[TurnOut] | None = Field(None, description="Of a single one: what became of it")


class DifferencesOut(_Answer):
    """`standing` is UNKNOWN where no reconciliation was made within a day, or the last failed:
    then no difference here does not mean that there is none."""

    standing: Literal["KNOWN", "UNKNOWN"]
    why: str | None
    run: RunOut | None
    differences: list[DifferenceOut]
    next: str | None = Field(description="Where the next page begins: give it as `after`")


def why_unknown(reconciled: Reconciled, now: datetime) -> str | None:
    """In words; None where it is known."""
    if reconciled.made is None:
        return "no reconciliation was made yet"
    if reconciled.tried and reconciled.tried.failure:
        return f"the last reconciliation could not be made: {reconciled.tried.failure}"
    if now - reconciled.made.ended_at > FRESH:
        return f"the last reconciliation is of {reconciled.made.ended_at:%Y-%m-%d %H:%M} UTC"
    return None


def run_out(run: Run | None) -> RunOut | None:
    if run is None or run.world is None or run.scale is None:
        return None
    world, scale = run.world, run.scale
    return RunOut(
        id=run.id,
        at=run.started_at,
        block=world.block,
        block_hash="0x" + world.block_hash.hex(),
        feed=world.feed,
        head_size=world.head_size,
        head_root="0x" + world.head_root.hex() if world.head_root else None,
        records=scale.records,
        claims=scale.claims,
        certificates=scale.certificates,
        found=run.found,
    )


def difference_out(standing: Standing, now: datetime, *, whole: bool = False) -> DifferenceOut:
    """`whole` tells its history too."""
    case = standing.case
    return DifferenceOut(
        id=standing.id,
        kind=case.kind,
        case=case.name,
        subject=standing.subject,
        count=standing.count,
        owner=case.owner,
        programme=standing.programme,
        province=standing.province,
        left=case.left,
        left_says=standing.left,
        right=case.right,
        right_says=standing.right,
        says_en=case.en,
        says_zh=case.zh,
        next_en=case.next_en,
        next_zh=case.next_zh,
        age_days=standing.age(now).days,
        opened_at=standing.opened_at,
        first_seen=standing.first_seen,
        last_seen=standing.last_seen,
        resolved_at=standing.resolved_at,
        runs=standing.runs,
        history=_turns(standing) if whole else None,
    )


def _turns(standing: Standing) -> list[TurnOut]:
    return [
        TurnOut(
            event=turn.event,
            run=turn.run,
            at=turn.at,
            left_says=turn.left,
            right_says=turn.right,
        )
        for turn in standing.history
    ]
