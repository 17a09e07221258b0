"""Rules in SQL: added in the order in which they were loaded, and never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, select, text
from sqlalchemy.dialects.postgresql import insert

from treering.domain.lot import Standing
from treering.domain.rules import Award, Counting, People, Rule
from treering.store.tables.rules import rules

_COLUMNS = Rule.__slots__


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """A rule as it was loaded: its hash as kept then, to be compared with what it says now."""

    rule: Rule
    hash: bytes
    loaded_at: datetime


class Rules:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock(self) -> None:
        """Nobody else adds meanwhile; readers do not wait."""
        self._connection.execute(text("LOCK TABLE rules IN SHARE ROW EXCLUSIVE MODE"))

    def all(self) -> list[LoadedRule]:
        """In the order of loading."""
        rows = self._connection.execute(select(rules).order_by(rules.c.row))
        return [LoadedRule(_rule(row), row.hash, row.loaded_at) for row in rows]

    def add(self, new: Sequence[Rule], now: datetime) -> None:
        rows = [
            {name: getattr(rule, name) for name in _COLUMNS}
            | {"hash": rule.hash, "loaded_at": now}
            for rule in new
        ]
        self._connection.execute(insert(rules), rows)


def _rule(row: Row[tuple[object, ...]]) -> Rule:
    return Rule(
        id=row.id,
        adcode=row.adcode,
        form=row.form,
        unit=row.unit,
        from_quantity=row.from_quantity,
        sure_quantity=row.sure_quantity,
        counting=Counting(row.counting),
        trees=row.trees,
        award=Award(row.award),
        people=People(row.people),
        from_day=row.from_day,
        until_day=row.until_day,
        standing=Standing(row.standing),
        as_of=row.as_of,
        note=row.note,
    )
