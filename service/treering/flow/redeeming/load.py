"""Load: redeem a file of any length, a cell of lines in one transaction.

 1. A thread, or a process where that gains time, reads lines and works out what follows from
    each alone, while the cell before is being written.
 2. The load is locked, and the cell's lines are compared with what became of them before.
 3. Holders are looked up; secrets are made for those whom nobody knows yet.
 4. The lots are locked, and serials given away in the order of the lines.
 5. New holders and redemptions are copied: after the lots, as single redemptions do.
Die anywhere and send the file again: what is committed is told again, the rest follows.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import IO

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError

from treering.domain.load import Entry, Outcome
from treering.failpoint import reached
from treering.flow.redeeming.apart import Task, is_worth_it, sheets_of
from treering.flow.redeeming.sheet import Reader, Sheet
from treering.flow.redeeming.shipment import Shipment
from treering.intake.formats import Format, of_file
from treering.store.bulk import Bulk
from treering.store.loads import Loads
from treering.store.redemptions import Redemptions
from treering.store.vault import Vault

_ATTEMPTS = 20  # one who adds the same holder at the same time makes us begin again

Answers = list[tuple[int, Outcome]]


@dataclass(frozen=True, slots=True)
class Loader:
    """Where files of redemptions are taken in."""

    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]

    def load(self, programme: str, key: str, entries: Iterable[Entry]) -> Iterator[Answers]:
        """The answers to each cell's lines, once they are committed."""
        former = self._is_former(programme, key)
        reader = Reader(self.engine, self.vault, self.clock, programme, former)
        yield from self._taken(programme, key, reader.sheets(entries))

    def load_file(
        self, programme: str, key: str, kind: Format, file: IO[bytes]
    ) -> Iterator[Answers]:
        """As `load`; a long file is read by a process of its own."""
        if not is_worth_it(file):
            yield from self.load(programme, key, of_file(kind, file))
            return
        url = self.engine.url.render_as_string(hide_password=False)
        task = Task(url, self.vault.key, programme, self._is_former(programme, key), kind)
        with closing(sheets_of(task, file)) as sheets:
            yield from self._taken(programme, key, sheets)

    def _is_former(self, programme: str, key: str) -> bool:
        with self.engine.begin() as connection:
            return Loads(connection).locked(programme, key).former

    def _taken(self, programme: str, key: str, sheets: Iterator[Sheet]) -> Iterator[Answers]:
        with ThreadPoolExecutor(1, "load") as ahead:
            coming = ahead.submit(next, sheets, None)
            while (sheet := coming.result()) is not None:
                coming = ahead.submit(next, sheets, None)
                yield self._take(programme, key, sheet)

    def _take(self, programme: str, key: str, sheet: Sheet) -> Answers:
        """Redeem, or begin again where another came in between; a fault is raised in the end."""
        attempt = 1
        while (answers := self._answers(programme, key, sheet, attempt)) is None:
            attempt += 1
        return answers

    def _answers(self, programme: str, key: str, sheet: Sheet, attempt: int) -> Answers | None:
        try:
            with self.engine.begin() as connection:
                outcomes = self._redeemed(connection, programme, key, sheet)
                reached("bulk.before_commit")
        except (IntegrityError, OperationalError) as error:
            if attempt == _ATTEMPTS or not _is_a_race(error):
                raise
            return None
        reached("bulk.after_commit_before_reply")
        return sorted(outcomes.items(), key=itemgetter(0))

    def _redeemed(
        self, connection: Connection, programme: str, key: str, sheet: Sheet
    ) -> dict[int, Outcome]:
        loads = Loads(connection)
        load = loads.locked(programme, key)  # (2)
        cell = loads.cell(load, sheet.number)
        shipment = Shipment(Bulk(connection, self.vault), key, sheet, cell)
        if sheet.fingerprints:
            shipment.adopt(Redemptions(connection), programme)
        if shipment.redeem():
            loads.keep(load, sheet.number, cell)
        return shipment.outcomes


def _is_a_race(error: IntegrityError | OperationalError) -> bool:
    """A holder whom another added or who withdrew meanwhile, or a deadlock."""
    state = getattr(error.orig, "sqlstate", None)
    return state in ("23503", "23505", "40P01")
