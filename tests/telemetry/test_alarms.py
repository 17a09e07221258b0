"""Alarms: remembered while logging, written by a step, one row for each that differs."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from treering.domain.overview import Alarm
from treering.store import alarms as rows
from treering.telemetry.alarms import Alarms

NOW = datetime.now(UTC)


@pytest.fixture
def alarms() -> Alarms:
    moments = iter(NOW + timedelta(seconds=n) for n in range(10_000))
    return Alarms(lambda: next(moments))


def sound(alarms: Alarms, event: str, level: str = "warning", **fields) -> None:
    alarms(None, level, {"event": event, **fields})


def written(alarms: Alarms) -> list[Alarm]:
    found: list[Alarm] = []
    alarms.write(found.extend)
    return found


def test_only_warnings_and_worse_are_alarms(alarms):
    sound(alarms, "batch moved", "info", batch=7)
    sound(alarms, "batch refused", "error", batch=7, reason="paused")
    (alarm,) = written(alarms)
    assert (alarm.event, alarm.batch, alarm.level, alarm.why) == (
        "batch refused",
        7,
        "error",
        "paused",
    )
    assert written(alarms) == []


def test_the_same_alarm_again_is_counted_with_its_first_and_last_time(alarms):
    for why in ("one", "two", "three"):
        sound(alarms, "not reached", code="TR101", why=why)
    (alarm,) = written(alarms)
    assert (alarm.times, alarm.why) == (3, "three")
    assert alarm.last_at - alarm.first_at == timedelta(seconds=2)


def test_what_cannot_be_written_waits_for_the_next_time(alarms):
    sound(alarms, "not reached")

    def refuse(_: object) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        alarms.write(refuse)
    sound(alarms, "not reached")
    assert [alarm.times for alarm in written(alarms)] == [2]


def test_one_fault_in_many_shapes_does_not_fill_the_memory(alarms):
    for batch in range(1000):
        sound(alarms, "block vanished", batch=batch)
    assert len(written(alarms)) == 500


def test_rows_add_up_and_are_forgotten_after_a_month(alarms, engine: Engine):
    for _ in range(2):
        sound(alarms, "not reached", code="TR101", why="refused")
        with engine.begin() as connection:
            alarms.write(lambda sounded: rows.keep(connection, sounded))
    sound(alarms, "batch refused", "error", batch=7)
    with engine.begin() as connection:
        alarms.write(lambda sounded: rows.keep(connection, sounded))
        held = rows.last(connection)
        assert [(alarm.event, alarm.batch, alarm.times) for alarm in held] == [
            ("batch refused", 7, 1),
            ("not reached", None, 2),
        ]
        old = NOW - timedelta(days=31)
        sound(Alarms(lambda: old), "x")
        rows.keep(
            connection,
            [
                Alarm(
                    event="old",
                    code="",
                    batch=None,
                    level="error",
                    why="",
                    times=1,
                    first_at=old,
                    last_at=old,
                )
            ],
        )
        assert "old" not in [alarm.event for alarm in rows.last(connection)]
