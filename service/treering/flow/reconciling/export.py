"""Differences as files: CSV for people's tables, JSON lines and Parquet for machines."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from treering.domain.reconciliation import Standing
from treering.export.written import Form, written


class Line(msgspec.Struct, frozen=True, gc=False):
    """A difference in one line; `age_days` counts whole days, all moments are UTC."""

    id: str
    kind: str
    case: str
    subject: str
    owner: str
    programme: str | None
    province: str | None
    left: str
    left_says: str | None
    right: str
    right_says: str | None
    says_en: str
    says_zh: str
    next_en: str
    next_zh: str
    count: int
    age_days: int
    runs: int
    opened_at: datetime
    first_seen: datetime
    last_seen: datetime
    resolved_at: datetime | None


COLUMNS = Line.__struct_fields__


def line(standing: Standing, now: datetime) -> Line:
    case = standing.case
    return Line(
        id=str(standing.id),
        kind=case.kind.value,
        case=case.name,
        subject=standing.subject,
        owner=case.owner.value,
        programme=standing.programme,
        province=standing.province,
        left=case.left.value,
        left_says=standing.left,
        right=case.right.value,
        right_says=standing.right,
        says_en=case.en,
        says_zh=case.zh,
        next_en=case.next_en,
        next_zh=case.next_zh,
        count=standing.count,
        age_days=standing.age(now).days,
        runs=standing.runs,
        opened_at=standing.opened_at,
        first_seen=standing.first_seen,
        last_seen=standing.last_seen,
        resolved_at=standing.resolved_at,
    )


def export(form: Form, found: Iterable[Standing], now: datetime) -> Iterator[bytes]:
    """The file in pieces."""
    return written(form, Line, (line(standing, now) for standing in found))
