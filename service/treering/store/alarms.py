"""Alarms in SQL: one row for each that differs, however often it sounds."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from treering.domain.overview import Alarm
from treering.store.tables.operators import alarms

_KEPT = timedelta(days=30)


def keep(connection: Connection, sounded: Iterable[Alarm]) -> None:
    """Add to those that are held, and forget those that have long been silent."""
    # In one order everywhere, so that two workers never wait for each other in a circle.
    for alarm in sorted(sounded, key=lambda alarm: (alarm.event, alarm.code, alarm.batch or 0)):
        row = {
            "event": alarm.event,
            "code": alarm.code,
            "batch": alarm.batch or 0,
            "level": alarm.level,
            "why": alarm.why,
            "times": alarm.times,
            "first_at": alarm.first_at,
            "last_at": alarm.last_at,
        }
        new = insert(alarms).values(row)
        held = {
            "level": new.excluded.level,
            "why": new.excluded.why,
            "times": alarms.c.times + new.excluded.times,
            "last_at": func.greatest(alarms.c.last_at, new.excluded.last_at),
        }
        connection.execute(new.on_conflict_do_update(constraint=alarms.primary_key, set_=held))
    connection.execute(delete(alarms).where(alarms.c.last_at < func.now() - _KEPT))


def last(connection: Connection, most: int = 50) -> list[Alarm]:
    """The newest first."""
    query = select(alarms).order_by(alarms.c.last_at.desc()).limit(most)
    found = connection.execute(query).mappings()
    return [Alarm(**{**row, "batch": row["batch"] or None}) for row in found]
