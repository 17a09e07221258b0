"""Loads in SQL: which files came, and what became of their lines."""

from collections.abc import Container
from dataclasses import dataclass

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from treering.domain.load import Cell
from treering.store.tables.books import load_cells, loads


@dataclass(frozen=True, slots=True)
class Load:
    """`former` loads began when each line had an Idempotency-Key of its own."""

    id: int
    programme: str
    key: str
    former: bool


class Loads:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def locked(self, programme: str, key: str) -> Load:
        """The load under this key, new or known; locked until the transaction ends, so that
        one who sends the same file at the same time waits his turn."""
        mine = (loads.c.programme == programme, loads.c.key == key)
        query = select(loads.c.id, loads.c.former).where(*mine).with_for_update()
        row = self._connection.execute(query).one_or_none()
        if row is None:
            fresh = insert(loads).values(programme=programme, key=key).on_conflict_do_nothing()
            self._connection.execute(fresh)
            row = self._connection.execute(query).one()
        return Load(row.id, programme, key, row.former)

    def cell(self, load: Load, number: int) -> Cell:
        query = select(load_cells.c.lines).where(
            load_cells.c.load == load.id, load_cells.c.cell == number
        )
        return Cell(self._connection.execute(query).scalar_one_or_none() or b"")

    def wipe(self, programme: str, serials: Container[int]) -> None:
        """Takes the imprints of these lines out of all that the programme ever loaded."""
        mine = select(loads.c.id).where(loads.c.programme == programme)
        query = select(load_cells).where(load_cells.c.load.in_(mine)).with_for_update()
        for row in self._connection.execute(query):
            cell = Cell(row.lines)
            if cell.wipe(serials):
                place = (load_cells.c.load == row.load, load_cells.c.cell == row.cell)
                change = update(load_cells).where(*place).values(lines=bytes(cell))
                self._connection.execute(change)

    def keep(self, load: Load, number: int, cell: Cell) -> None:
        fresh = insert(load_cells).values(load=load.id, cell=number, lines=bytes(cell))
        self._connection.execute(
            fresh.on_conflict_do_update(
                index_elements=[load_cells.c.load, load_cells.c.cell],
                set_={"lines": fresh.excluded.lines},
            )
        )
