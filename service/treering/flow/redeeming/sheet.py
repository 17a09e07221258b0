"""Sheets: a cell's lines, with all that follows from each line alone, before any is redeemed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
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
from treering.store import known, rows
from treering.store.holders import Lookup, keyed, sealed_many
from treering.store.lots import Lots
from treering.store.vault import Vault


class Demand(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a line asks of a lot that can meet it, if enough is left."""

    imprint: bytes
    lot: LotId
    count: int
    holder: str
    lookup: Lookup
    row_end: bytes


class Refused(msgspec.Struct, frozen=True, gc=False):
    """A wish that its lot cannot meet."""

    imprint: bytes
    why: TreeringError


Asked = Demand | Refused | TreeringError  # the last, if the line holds no wish


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cell `number` of a load, as it was read at `now`: what each line asks for.

    `lots` hold those that anything is asked of. `found` are the holders who were known by then,
    as `store.known` has them; the others have `boxes` ready, with a secret of their own.
    `fingerprints` are there only for a load of the first release.
    """

    number: int
    now: datetime
    lots: Mapping[LotId, Lot]
    asked: dict[int, Asked] = field(default_factory=dict)
    fingerprints: dict[int, bytes] = field(default_factory=dict)
    found: bytes = b""
    boxes: dict[Lookup, bytes] = field(default_factory=dict)


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
        for number, lines in by_cell(entries):
            self._look_up_lots(lines)
            sheet = Sheet(number, self.clock(), {lot.id: lot for lot in self._lots.values()})
            asked = self._asker(sheet.now)
            for line, given in lines:
                if isinstance(given, WishIn):
                    sheet.asked[line] = asked(given)
                    if self.former:
                        sheet.fingerprints[line] = given.wish().fingerprint()
                else:
                    sheet.asked[line] = given
            yield self._with_holders(sheet)

    def _with_holders(self, sheet: Sheet) -> Sheet:
        asked = sheet.asked.values()
        references = {each.lookup: each.holder for each in asked if isinstance(each, Demand)}
        if not references:
            return sheet
        with self.engine.connect() as connection:
            found = known.find(connection, references.keys())
        for lookup in known.ids(found):
            del references[lookup]
        return replace(sheet, found=found, boxes=sealed_many(self.vault, references))

    def _look_up_lots(self, lines: Iterable[Entry]) -> None:
        """Of a lot, nothing but its count changes: that is looked at again under its lock."""
        slugs = {given.lot for _, given in lines if isinstance(given, WishIn)}
        if unknown := slugs - self._lots.keys():
            with self.engine.connect() as connection:
                self._lots.update(Lots(connection).named_any(unknown))

    def _asker(self, now: datetime) -> Callable[[WishIn], Asked]:
        """What a line asks for; all that is the same for each of them is at hand."""
        lookup = keyed(self.vault, self.programme)
        own = {n: lot for n, lot in self._lots.items() if lot.programme == self.programme}
        after, before = EARLIEST.year, now.year

        def asked(given: WishIn) -> Asked:
            imprint, moment = given.imprint(), given.redeemed_at
            timely = moment is None or after < moment.year < before  # in any zone
            lot = own.get(given.lot)
            try:
                masked = name.masked(given.name)
                if lot is None or given.unit or not timely or given.year not in (None, lot.year):
                    lot = self._met(given, now)
            except TreeringError as refusal:
                return Refused(imprint, refusal)
            end = rows.end(moment or now, given.count, masked, given.campaign or "")
            return Demand(imprint, lot.id, given.count, given.holder, lookup(given.holder), end)

        return asked

    def _met(self, given: WishIn, now: datetime) -> Lot:
        """The lot, if it can meet a wish of which there is a doubt."""
        lot = self._lots.get(given.lot)
        if lot is None:
            raise LotNotFound(given.lot)
        if lot.programme != self.programme:
            raise NotAllowed(f"{lot.slug} is not a lot of {self.programme}")
        redemption.check_terms(given.wish(), lot, now)
        return lot
