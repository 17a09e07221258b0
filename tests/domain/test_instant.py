"""Instants as the log writes them, and the year that the nation counts by."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treering.domain import instant


@given(st.integers(-30_000_000_000, 32_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)))
def test_an_instant_reads_back_to_the_second(moment):
    assert instant.from_text(instant.to_text(moment)) == moment.replace(microsecond=0)


def test_an_instant_is_written_in_utc_wherever_it_was_taken():
    beijing = timezone(timedelta(hours=8))
    assert instant.to_text(datetime(2025, 1, 1, 0, 30, tzinfo=beijing)) == "2024-12-31T16:30:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-12",
        "2025-03-12T08:00:00",
        "2025-03-12T08:00:00+00:00",
        "2025-03-12 08:00:00Z",
        "2025-03-12T08:00:00.0Z",
        "2025-03-12T08:00:00Z\n",
        "2025-02-30T08:00:00Z",
        "2025-03-12T24:00:01Z",
        "９999-03-12T08:00:00Z",
        "9999-12-31T23:00:00Z",
    ],
)
def test_an_instant_written_otherwise_is_refused(text):
    with pytest.raises(ValueError):
        instant.from_text(text)


@pytest.mark.parametrize(
    ("text", "year"), [("2024-12-31T15:59:59Z", 2024), ("2024-12-31T16:00:00Z", 2025)]
)
def test_the_year_begins_at_midnight_in_shanghai(text, year):
    assert instant.national_year(instant.from_text(text)) == year


def test_a_day_ends_before_midnight_in_shanghai_even_the_last_day_there_is():
    assert instant.end_of_day(date(2024, 12, 31)) < instant.from_text("2024-12-31T16:00:00Z")
    assert instant.end_of_day(date(2024, 12, 31)) > instant.from_text("2024-12-31T15:59:59Z")
    assert instant.end_of_day(date.max) > instant.end_of_day(date.min)
