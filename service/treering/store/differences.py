"""Differences in SQL: pages of them, one with its history, all of them in a stream."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, false, func, select, tuple_

from treering.domain.reconciliation import Event, Standing, Turn, Wanted
from treering.store.tables.differences import difference_history, differences

Place = tuple[datetime, UUID]  # where a page ended


class Differences:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(
        self, wanted: Wanted, now: datetime, after: Place | None, most: int
    ) -> list[Standing]:
        """The oldest first."""
        query = select(differences).where(*_limits(wanted, now))
        if after is not None:
            query = query.where(tuple_(differences.c.opened_at, differences.c.id) > tuple_(*after))
        query = query.order_by(differences.c.opened_at, differences.c.id).limit(most)
        return [_standing(row) for row in self._connection.execute(query)]

    def all(self, wanted: Wanted, now: datetime) -> Iterator[Standing]:
        """In the same order, a few at a time; the connection serves nobody else meanwhile."""
        query = select(differences).where(*_limits(wanted, now))
        query = query.order_by(differences.c.opened_at, differences.c.id)
        streaming = {"yield_per": 1000}
        for row in self._connection.execute(query, execution_options=streaming):
            yield _standing(row)

    def count(self, wanted: Wanted, now: datetime) -> int:
        query = select(func.count()).select_from(differences).where(*_limits(wanted, now))
        return int(self._connection.execute(query).scalar_one())

    def get(self, difference: UUID) -> Standing | None:
        """With its history, oldest first."""
        query = select(differences).where(differences.c.id == difference)
        row = self._connection.execute(query).one_or_none()
        return _standing(row, self._history(difference)) if row else None

    def _history(self, difference: UUID) -> tuple[Turn, ...]:
        query = select(difference_history).where(difference_history.c.difference == difference)
        return tuple(
            Turn(
                run=row.run,
                event=Event(row.event),
                left=row.said_left,
                right=row.said_right,
                at=row.at,
            )
            for row in self._connection.execute(query.order_by(difference_history.c.run))
        )


def _limits(wanted: Wanted, now: datetime) -> Iterator[ColumnElement[bool]]:
    column = differences.c
    for name in ("kind", "programme", "province"):
        if (value := getattr(wanted, name)) is not None:
            yield column[name] == value
    if wanted.provinces is not None:
        yield column.province.in_(sorted(wanted.provinces)) if wanted.provinces else false()
    if wanted.is_open is not None:
        is_open = column.resolved_at.is_(None)
        yield is_open if wanted.is_open else ~is_open
    if wanted.older_than is not None:
        yield func.coalesce(column.resolved_at, now) - column.opened_at >= wanted.older_than


def _standing(row: Row, history: tuple[Turn, ...] = ()) -> Standing:  # type: ignore[type-arg]
    return Standing(
        id=row.id,
        name=row.name,
        subject=row.subject,
        left=row.said_left,
        right=row.said_right,
        count=row._mapping["count"],  # noqa: SLF001 - a row has a method of this name
        programme=row.programme,
        province=row.province,
        opened_at=row.opened_at,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        resolved_at=row.resolved_at,
        runs=row.runs,
        history=history,
    )
