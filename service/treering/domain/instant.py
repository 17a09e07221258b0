"""Instants as the registry's log writes them: UTC, whole seconds, `2025-03-12T08:00:00Z`."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

_FORM = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
# China keeps one time all year round since 1992; logs begin long after.
SHANGHAI = timezone(timedelta(hours=8))


def to_text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_text(text: str) -> datetime:
    """ValueError for any other way of writing it."""
    if not _FORM.fullmatch(text):
        raise ValueError(f"{text!r} is not written like 2025-03-12T08:00:00Z")
    return datetime.fromisoformat(text)


def national_year(instant: datetime) -> int:
    """The calendar year in Asia/Shanghai, which fulfilment is counted by."""
    return instant.astimezone(SHANGHAI).year


def end_of_day(day: date) -> datetime:
    """The last moment of a day in Asia/Shanghai."""
    return datetime.combine(day, time.max, SHANGHAI)
