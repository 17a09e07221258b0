"""Reconciliations in SQL: one at a time, each with the world that it saw."""

from datetime import datetime

from sqlalchemy import Connection, Row, func, select, text, update

from treering.domain.reconciliation import Run, Scale, World
from treering.store.tables.differences import differences, reconciliations

_ROOM = "10min"  # a node may take its time between two of its answers


class Runs:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock(self) -> None:
        """Wait for the run that is under way. The snapshot is taken after this, not before."""
        for setting in (
            f"SET LOCAL idle_in_transaction_session_timeout = '{_ROOM}'",
            f"SET LOCAL lock_timeout = '{_ROOM}'",
            "SET LOCAL work_mem = '64MB'",
            "LOCK TABLE reconciliations IN SHARE ROW EXCLUSIVE MODE",
        ):
            self._connection.execute(text(setting))

    def begin(self, started_at: datetime, world: World, accepted: bytes | None) -> int:
        """A run's id; what it came to is written by `end`."""
        row = {
            "started_at": started_at,
            "ended_at": started_at,
            "block_number": world.block,
            "block_hash": world.block_hash,
            "block_time": world.block_time,
            "feed": world.feed,
            "head_size": world.head_size,
            "head_root": world.head_root,
            "head_time": world.head_time,
            "accepted": accepted,
            "found": 0,
        }
        new = reconciliations.insert().values(row).returning(reconciliations.c.id)
        run: int = self._connection.execute(new).scalar_one()
        return run

    def end(self, run: int, ended_at: datetime, scale: Scale, sums: tuple[int, int, int]) -> Run:
        found, opened, resolved = sums
        values = {name: getattr(scale, name) for name in Scale.__dataclass_fields__}
        values |= {"ended_at": ended_at, "found": found, "opened": opened, "resolved": resolved}
        row = reconciliations.c.id == run
        self._connection.execute(update(reconciliations).where(row).values(values))
        return _run(self._connection.execute(select(reconciliations).where(row)).one())

    def failed(self, started_at: datetime, ended_at: datetime, failure: str) -> None:
        self._connection.execute(text(f"SET LOCAL lock_timeout = '{_ROOM}'"))
        row = {"started_at": started_at, "ended_at": ended_at, "failure": failure}
        self._connection.execute(reconciliations.insert().values(row))

    def last(self, *, made: bool) -> Run | None:
        """The newest, or the newest that was made."""
        query = select(reconciliations).order_by(reconciliations.c.id.desc()).limit(1)
        if made:
            query = query.where(reconciliations.c.failure.is_(None))
        row = self._connection.execute(query).one_or_none()
        return _run(row) if row else None

    def open_by_kind(self, provinces: frozenset[str] | None = None) -> dict[str, int]:
        """In these provinces, or in all and in none."""
        query = (
            select(differences.c.kind, func.count().label("open"))
            .where(differences.c.resolved_at.is_(None))
            .group_by(differences.c.kind)
            .order_by(differences.c.kind)
        )
        if provinces is not None:
            query = query.where(differences.c.province.in_(sorted(provinces)))
        return {row.kind: row.open for row in self._connection.execute(query)}


def _run(row: Row) -> Run:  # type: ignore[type-arg]
    if row.failure is not None:
        return Run(
            id=row.id, started_at=row.started_at, ended_at=row.ended_at, failure=row.failure
        )
    return Run(
        id=row.id,
        started_at=row.started_at,
        ended_at=row.ended_at,
        world=World(
            block=row.block_number,
            block_hash=row.block_hash,
            block_time=row.block_time,
            feed=row.feed,
            head_size=row.head_size,
            head_root=row.head_root,
            head_time=row.head_time,
        ),
        scale=Scale(**{name: getattr(row, name) or 0 for name in Scale.__dataclass_fields__}),
        found=row.found,
        opened=row.opened,
        resolved=row.resolved,
    )
