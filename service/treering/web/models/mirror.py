"""What the API answers about the mirrors, as OpenAPI documents it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from treering.domain.contradiction import Dispute, Kept, Kind, Standing, State
from treering.domain.registry_head import HeldHead
from treering.flow.mirroring.state import MAX_AGE
from treering.flow.mirroring.warden import Mirrored


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class HeadOut(_Answer):
    """The last good head of one log: `age_seconds` since the registry signed it. One that is
    `stale` is leaned on by nobody: check 8 of its certificates is UNKNOWN."""

    feed: str
    entries: int
    root: str
    signed_at: datetime
    fetched_at: datetime
    age_seconds: int
    stale: bool
    note: str = Field(description="The head as the registry signed it")


class SourceOut(_Answer):
    """How the last look at a source ended, and since when looks have ended so."""

    feed: str
    state: State
    code: str
    why: str
    since: datetime
    looked_at: datetime
    last_good_at: datetime | None


class ContradictionOut(_Answer):
    """Two heads of one log that cannot both be true. `lots` are minted no more until a person
    has settled it."""

    id: int
    feed: str
    kind: Kind
    why: str
    held_entries: int
    held_note: str
    offered_entries: int
    offered_note: str
    lots: list[int]
    found_at: datetime
    seen_at: datetime
    settled_at: datetime | None
    settled_because: str | None


class DisputeOut(_Answer):
    """A certificate (its commitment) of which two sources say different things; null where one
    says nothing."""

    feed: str
    other: str
    certificate: str
    says: str | None
    other_says: str | None
    found_at: datetime


class MirrorOut(_Answer):
    """`disputed` counts all certificates in dispute; `disputes` lists the first of them."""

    at: datetime
    mirrors: list[HeadOut]
    sources: list[SourceOut]
    contradictions: list[ContradictionOut]
    disputes: list[DisputeOut]
    disputed: int


def mirror_out(found: Mirrored) -> MirrorOut:
    return MirrorOut(
        at=found.moment,
        mirrors=[_head(held, found.moment) for held in found.heads],
        sources=[_source(one) for one in found.sources],
        contradictions=[_contradiction(one) for one in found.contradictions],
        disputes=[_dispute(one) for one in found.disputes],
        disputed=found.disputed,
    )


def _head(held: HeldHead, moment: datetime) -> HeadOut:
    head, age = held.head, held.age(moment)
    return HeadOut(
        feed=head.origin,
        entries=head.size,
        root="0x" + head.root.hex(),
        signed_at=head.time,
        fetched_at=held.fetched_at,
        age_seconds=int(age.total_seconds()),
        stale=age > MAX_AGE,
        note=head.note,
    )


def _source(one: Standing) -> SourceOut:
    return SourceOut(
        feed=one.feed,
        state=one.state,
        code=one.code,
        why=one.why,
        since=one.since,
        looked_at=one.looked_at,
        last_good_at=one.good_at,
    )


def _contradiction(kept: Kept) -> ContradictionOut:
    found = kept.contradiction
    return ContradictionOut(
        id=kept.id,
        feed=found.feed,
        kind=found.kind,
        why=found.why,
        held_entries=found.held_size,
        held_note=found.held_note,
        offered_entries=found.offered_size,
        offered_note=found.offered_note,
        lots=list(found.lots),
        found_at=kept.found_at,
        seen_at=kept.seen_at,
        settled_at=kept.settled_at,
        settled_because=kept.settled_because,
    )


def _dispute(one: Dispute) -> DisputeOut:
    return DisputeOut(
        feed=one.feed,
        other=one.other,
        certificate="0x" + one.certificate.hex(),
        says=one.raw.decode() if one.raw else None,
        other_says=one.other_raw.decode() if one.other_raw else None,
        found_at=one.found_at,
    )
