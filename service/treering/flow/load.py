"""Load: redeem a file of any length, a cell of lines in one transaction.

 1. Lines are read and wishes worked out while the cell before is being written.
 2. The load is locked, and the cell's lines are compared with what became of them before.
 3. The lots are locked, and serials given away in the order of the lines.
 4. Holders are found, new ones added, rows copied: after the lots, as single redemptions do.
Die anywhere and send the file again: what is committed is told again, the rest follows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError

from treering.domain import name, redemption
from treering.domain.load import Cell, Entry, Granted, Outcome, by_cell
from treering.domain.lot import Lot
from treering.domain.redemption import Ask, Wish
from treering.errors import KeyReused, LotFull, LotNotFound, NotAllowed, TreeringError
from treering.failpoint import reached
from treering.store.bulk import Bulk, redemption_tail
from treering.store.holders import lookups
from treering.store.loads import Loads
from treering.store.lots import Lots
from treering.store.redemptions import Redemptions
from treering.store.vault import Vault

_ATTEMPTS = 20  # one who adds the same holder at the same time makes us begin again

Answers = list[tuple[int, Outcome]]


@dataclass(frozen=True, slots=True)
class Demand:
    """What was worked out of a wish before its cell's transaction."""

    line: int
    wish: Wish
    imprint: int
    masked_name: str
    lookup: str


@dataclass(slots=True)
class Sheet:
    """A cell's lines: those that ask for something, and those that were refused as read."""

    number: int
    demands: list[Demand] = field(default_factory=list)
    outcomes: dict[int, Outcome] = field(default_factory=dict)

    def answers(self) -> Answers:
        return sorted(self.outcomes.items())


@dataclass(frozen=True, slots=True)
class Loader:
    """Where files of redemptions are taken in."""

    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]

    def load(self, programme: str, key: str, entries: Iterable[Entry]) -> Iterator[Answers]:
        """The answers to each cell's lines, once they are committed."""
        sheets = self._sheets(programme, entries)
        with ThreadPoolExecutor(1, "load") as ahead:
            coming = ahead.submit(next, sheets, None)
            while (sheet := coming.result()) is not None:
                coming = ahead.submit(next, sheets, None)
                self._take(programme, key, sheet)
                yield sheet.answers()

    def _sheets(self, programme: str, entries: Iterable[Entry]) -> Iterator[Sheet]:
        lookup = lookups(self.vault, programme)
        for number, lines in by_cell(entries):
            sheet = Sheet(number)
            for line, wish in lines:
                if isinstance(wish, Wish):
                    _work_out(sheet, line, wish, lookup)
                else:
                    sheet.outcomes[line] = wish
            yield sheet

    def _take(self, programme: str, key: str, sheet: Sheet) -> None:
        """Redeem, or begin again where another came in between; a fault is raised in the end."""
        attempt = 1
        while not self._taken(programme, key, sheet, last=attempt == _ATTEMPTS):
            attempt += 1

    def _taken(self, programme: str, key: str, sheet: Sheet, *, last: bool) -> bool:
        try:
            with self.engine.begin() as connection:
                granted = self._redeemed(connection, programme, key, sheet)
                reached("bulk.before_commit")
        except (IntegrityError, OperationalError) as error:
            if last or not _is_a_race(error):
                raise
            return False
        reached("bulk.after_commit_before_reply")
        sheet.outcomes.update(granted)
        return True

    def _redeemed(
        self, connection: Connection, programme: str, key: str, sheet: Sheet
    ) -> dict[int, Outcome]:
        loads = Loads(connection)
        load = loads.locked(programme, key)  # (2)
        cell = loads.cell(load, sheet.number)
        run = _Run(Bulk(connection, self.vault), programme, self.clock(), cell)
        run.lots = Lots(connection).named_any({demand.wish.lot for demand in sheet.demands})
        if load.former:
            run.adopt(Redemptions(connection), key, sheet.demands)
        fresh = [demand for demand in sheet.demands if not run.settled(key, demand)]
        if fresh:
            run.redeem(fresh)
        if run.changed:
            loads.keep(load, sheet.number, cell)
        return run.outcomes


@dataclass(slots=True)
class _Run:
    """One attempt at a cell."""

    bulk: Bulk
    programme: str
    now: datetime
    cell: Cell
    lots: Mapping[str, Lot] = field(default_factory=dict)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    changed: bool = False

    def adopt(self, books: Redemptions, key: str, demands: Sequence[Demand]) -> None:
        """Take over lines that were granted when each had a key of its own."""
        unknown = {
            (self.programme, f"{key}:{demand.line}"): demand
            for demand in demands
            if self.cell.earlier(demand.line) is None
        }
        found = books.of_keys([Ask(*place, demand.wish) for place, demand in unknown.items()])
        for place, (redeemed, fingerprint) in found.items():
            demand = unknown[place]
            same = fingerprint == demand.wish.fingerprint()
            imprint = demand.imprint if same else ~demand.imprint & (1 << 64) - 1
            self._keep(demand.line, imprint, redeemed.first_serial)

    def settled(self, key: str, demand: Demand) -> bool:
        """Whether the line's answer is known, without giving anything away."""
        earlier = self.cell.earlier(demand.line)
        try:
            if earlier is None:
                self._check(demand.wish)
                return False
            self.outcomes[demand.line] = self._again(key, demand, *earlier)
        except TreeringError as refusal:
            self.outcomes[demand.line] = refusal
        return True

    def redeem(self, fresh: Sequence[Demand]) -> None:
        granted = self._granted(fresh)  # (3)
        references = {demand.lookup: demand.wish.holder for demand, _ in granted}
        holders = self.bulk.holders(references)  # (4)
        unknown = {k: reference for k, reference in references.items() if k not in holders}
        if unknown:
            holders.update(self.bulk.add_holders(unknown))
        self.bulk.add_redemptions(self._rows(granted, holders))

    def _check(self, wish: Wish) -> None:
        lot = self.lots.get(wish.lot)
        if lot is None:
            raise LotNotFound(wish.lot)
        if lot.programme != self.programme:
            raise NotAllowed(f"{lot.slug} is not a lot of {self.programme}")
        redemption.check(wish, lot, self.now)

    def _again(self, key: str, demand: Demand, imprint: int, first_serial: int) -> Outcome:
        if imprint != demand.imprint:
            raise KeyReused(f"{key}, line {demand.line}")
        lot = self.lots[demand.wish.lot]
        return Granted(lot.id, first_serial, demand.wish.count, replayed=True)

    def _granted(self, fresh: Sequence[Demand]) -> list[tuple[Demand, Granted]]:
        """Serials in the order of the lines; what does not fit is refused."""
        locked = self.bulk.lock({self.lots[demand.wish.lot].id for demand in fresh})
        following = {lot: asked for lot, (asked, _) in locked.items()}
        granted = []
        for demand in fresh:
            lot, count = self.lots[demand.wish.lot].id, demand.wish.count
            serial, end = following[lot], locked[lot][1]
            if serial + count > end:
                refusal = LotFull(demand.wish.lot, left=end - serial, asked=count)
                self.outcomes[demand.line] = refusal
                continue
            following[lot] = serial + count
            given = self.outcomes[demand.line] = Granted(lot, serial, count)
            granted.append((demand, given))
            self._keep(demand.line, demand.imprint, serial)
        self.bulk.take({lot: following[lot] - asked for lot, (asked, _) in locked.items()})
        return granted

    def _rows(
        self, granted: Sequence[tuple[Demand, Granted]], holders: Mapping[str, int]
    ) -> Iterator[str]:
        recorded = self.now.isoformat()
        for demand, given in granted:
            wish = demand.wish
            tail = redemption_tail(
                wish.redeemed_at or self.now,
                recorded,
                given.count,
                self.lots[wish.lot].species.energy_grams,
                demand.masked_name,
                wish.campaign or "",
            )
            yield f"{given.lot}\t{given.first_serial}\t{holders[demand.lookup]}\t{tail}"

    def _keep(self, line: int, imprint: int, first_serial: int) -> None:
        self.cell.grant(line, imprint, first_serial)
        self.changed = True


def _work_out(sheet: Sheet, line: int, wish: Wish, lookup: Callable[[str], str]) -> None:
    try:
        masked = name.masked(wish.name)
    except TreeringError as refusal:
        sheet.outcomes[line] = refusal
    else:
        demand = Demand(line, wish, wish.imprint(), masked, lookup(wish.holder))
        sheet.demands.append(demand)


def _is_a_race(error: IntegrityError | OperationalError) -> bool:
    """A holder whom another added or who withdrew meanwhile, or a deadlock."""
    state = getattr(error.orig, "sqlstate", None)
    return state in ("23503", "23505", "40P01")
