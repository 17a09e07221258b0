"""Load: redeem a file of any length, a cell of lines in one transaction.

 1. A thread, or a process where that gains time, reads lines and works out what follows from
    each alone, looks up holders and makes secrets for those whom nobody knows yet, while the
    cells before are being written.
 2. The load is locked, and the cell's lines are compared with what became of them before.
 3. Holders are known from then, or were added since; if that proves wrong, all begins again.
 4. The lots are locked, and serials given away in the order of the lines.
 5. New holders and redemptions are copied: after the lots, as single redemptions do.
Die anywhere and send the file again: what is committed is told again, the rest follows.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import IO

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError

from treering.domain.load import Entry, Outcome
from treering.failpoint import reached
from treering.flow.redeeming.ahead import Hand, begun
from treering.flow.redeeming.apart import Task, sheets_of
from treering.flow.redeeming.roll import Roll
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
        self, programme: str, key: str, kind: Format, file: IO[bytes], hand: Hand | None = None
    ) -> Iterator[Answers]:
        """As `load`; a long file is read by a process of its own, which may be begun already."""
        with nullcontext(hand) if hand else begun(file) as reader:
            if reader is None:
                yield from self.load(programme, key, of_file(kind, file))
                return
            url = self.engine.url.render_as_string(hide_password=False)
            task = Task(url, self.vault.key, programme, self._is_former(programme, key), kind)
            yield from self._taken(programme, key, sheets_of(task, reader))

    def _is_former(self, programme: str, key: str) -> bool:
        with self.engine.begin() as connection:
            return Loads(connection).locked(programme, key).former

    def _taken(self, programme: str, key: str, sheets: Iterator[Sheet]) -> Iterator[Answers]:
        taking = _Taking(self.engine, self.vault, programme, key)
        with ThreadPoolExecutor(1, "load") as ahead:
            coming = ahead.submit(next, sheets, None)
            while (sheet := coming.result()) is not None:
                coming = ahead.submit(next, sheets, None)
                yield taking.answers(sheet)


@dataclass(frozen=True, slots=True)
class _Taking:
    """One load under way: its sheets, one after the other."""

    engine: Engine
    vault: Vault
    programme: str
    key: str
    roll: Roll = field(default_factory=Roll)

    def answers(self, sheet: Sheet) -> Answers:
        """Redeem, or begin again where another came in between; a fault is raised in the end."""
        attempt = 1
        while (shipment := self._shipped(sheet, attempt)) is None:
            attempt += 1
        self.roll.add(shipment.added)
        return sorted(shipment.outcomes.items(), key=itemgetter(0))

    def _shipped(self, sheet: Sheet, attempt: int) -> Shipment | None:
        try:
            with self.engine.begin() as connection:
                shipment = self._redeemed(connection, sheet, self.roll if attempt == 1 else None)
                reached("bulk.before_commit")
        except (IntegrityError, OperationalError) as error:
            if attempt == _ATTEMPTS or not _is_a_race(error):
                raise
            return None
        reached("bulk.after_commit_before_reply")
        return shipment

    def _redeemed(self, connection: Connection, sheet: Sheet, roll: Roll | None) -> Shipment:
        loads = Loads(connection)
        load = loads.locked(self.programme, self.key)  # (2)
        cell = loads.cell(load, sheet.number)
        shipment = Shipment(Bulk(connection), self.vault, self.key, sheet, cell)
        if sheet.fingerprints:
            shipment.adopt(Redemptions(connection), self.programme)
        shipment.redeem(roll)
        if shipment.changed:
            loads.keep(load, sheet.number, cell)
        return shipment


def _is_a_race(error: IntegrityError | OperationalError) -> bool:
    """A holder whom another added or who withdrew meanwhile, or a deadlock."""
    state = getattr(error.orig, "sqlstate", None)
    return state in ("23503", "23505", "40P01")
