"""Sheets: a cell's lines, with all that follows from each line alone, before any is redeemed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import Engine

from treering.domain import name, redemption
from treering.domain.load import Entry, by_cell
from treering.domain.lot import Lot
from treering.domain.record import LotId
from treering.domain.redemption import EARLIEST
from treering.domain.wishes import WishIn
from treering.errors import LotNotFound, NotAllowed, TreeringError
from treering.store.bulk import row_end
from treering.store.holders import lookups
from treering.store.lots import Lots
from treering.store.vault import Vault


class Demand(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a line asks of a lot that can meet it, if enough is left."""

    imprint: bytes
    lot: LotId
    count: int
    holder: str
    lookup: str
    row_end: str


class Refused(msgspec.Struct, frozen=True, gc=False):
    """A wish that its lot cannot meet."""

    imprint: bytes
    why: TreeringError


Asked = Demand | Refused | TreeringError  # the last, if the line holds no wish


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cell `number` of a load, as it was read at `now`: what each line asks for.

    `lots` hold those that anything is asked of. `fingerprints` are there only for a
    load of the first release.
    """

    number: int
    now: datetime
    lots: Mapping[LotId, Lot]
    asked: dict[int, Asked] = field(default_factory=dict)
    fingerprints: dict[int, bytes] = field(default_factory=dict)


@dataclass
class Reader:
    """Makes sheets of one programme's lines; lots are looked up once a load."""

    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]
    programme: str
    former: bool = False
    _lots: dict[str, Lot] = field(default_factory=dict, init=False)

    def sheets(self, entries: Iterable[Entry]) -> Iterator[Sheet]:
        lookup = lookups(self.vault, self.programme)
        for number, lines in by_cell(entries):
            self._look_up_lots(lines)
            sheet = Sheet(number, self.clock(), {lot.id: lot for lot in self._lots.values()})
            for line, given in lines:
                if isinstance(given, WishIn):
                    sheet.asked[line] = self._asked(given, lookup, sheet.now)
                    if self.former:
                        sheet.fingerprints[line] = given.wish().fingerprint()
                else:
                    sheet.asked[line] = given
            yield sheet

    def _look_up_lots(self, lines: Iterable[Entry]) -> None:
        """Of a lot, nothing but its count changes: that is looked at again under its lock."""
        slugs = {given.lot for _, given in lines if isinstance(given, WishIn)}
        if unknown := slugs - self._lots.keys():
            with self.engine.connect() as connection:
                self._lots.update(Lots(connection).named_any(unknown))

    def _asked(self, given: WishIn, lookup: Callable[[str], str], now: datetime) -> Asked:
        imprint, count = given.imprint(), given.count
        try:
            masked = name.masked(given.name)
            lot = self._met(given, now)
        except TreeringError as refusal:
            return Refused(imprint, refusal)
        end = row_end(given.redeemed_at or now, count, masked, given.campaign or "")
        return Demand(imprint, lot.id, count, given.holder, lookup(given.holder), end)

    def _met(self, given: WishIn, now: datetime) -> Lot:
        """The lot, if it can meet the wish; `check_terms` is asked where there is a doubt."""
        lot, moment = self._lots.get(given.lot), given.redeemed_at
        if lot is None:
            raise LotNotFound(given.lot)
        if lot.programme != self.programme:
            raise NotAllowed(f"{lot.slug} is not a lot of {self.programme}")
        timely = moment is None or EARLIEST.year < moment.year < now.year  # in any zone
        if given.unit or given.year not in (None, lot.year) or not timely:
            redemption.check_terms(given.wish(), lot, now)
        return lot
