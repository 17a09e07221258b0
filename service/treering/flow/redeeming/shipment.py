"""A shipment: one attempt to redeem a sheet's lines, within one transaction."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from treering.domain.holder import HolderId
from treering.domain.load import WIPED, Cell, Granted, Outcome
from treering.errors import KeyReused, LotFull, TreeringError
from treering.flow.redeeming.roll import Roll
from treering.flow.redeeming.sheet import Demand, Refused, Sheet
from treering.store import rows
from treering.store.bulk import Bulk
from treering.store.holders import Lookup, sealed_many
from treering.store.redemptions import Redemptions
from treering.store.vault import Vault

_ANOTHERS = bytes(8)  # the imprint of no wish

Fresh = dict[int, Demand]  # by line
Taken = list[tuple[Demand, int]]  # with first serials
_PIECE = 512  # rows that are handed over at once: the database takes them in meanwhile


@dataclass
class Shipment:
    """`outcomes` are by line, in any order."""

    bulk: Bulk
    vault: Vault
    key: str
    sheet: Sheet
    cell: Cell
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    changed: bool = False
    added: dict[Lookup, HolderId] = field(default_factory=dict)

    def adopt(self, books: Redemptions, programme: str) -> None:
        """Take over lines that were granted when each had a key of its own."""
        places = {
            (programme, f"{self.key}:{line}"): line
            for line in self.sheet.fingerprints
            if self.cell.earlier(line) is None
        }
        for place, (redeemed, fingerprint) in books.at(places).items():
            line = places[place]
            asked = self.sheet.asked[line]
            assert not isinstance(asked, TreeringError), "it has a fingerprint"
            same = fingerprint == self.sheet.fingerprints[line]
            imprint = asked.imprint if same else _ANOTHERS
            self.cell.grant(line, imprint, redeemed.first_serial)
            self.changed = True

    def redeem(self, roll: Roll | None) -> None:
        """Who is known says the roll; without one, the database is asked again."""
        if fresh := self._fresh():
            wanted = {demand.lookup for demand in fresh.values()}
            holders = roll.of(self.sheet) if roll else self.bulk.holders(wanted)  # (3)
            granted = self._granted(fresh)  # (4)
            self._add([demand for demand, _ in granted if demand.lookup not in holders])  # (5)
            self.bulk.add_redemptions(self._rows(granted, holders | self.added))

    def _add(self, new: list[Demand]) -> None:
        """A holder of whom the sheet has no box was known to it, and withdrew."""
        ready = self.sheet.boxes
        boxes = {each.lookup: ready[each.lookup] for each in new if each.lookup in ready}
        gone = {each.lookup: each.holder for each in new if each.lookup not in ready}
        if new:
            self.added = self.bulk.add_holders(boxes | sealed_many(self.vault, gone))

    def _fresh(self) -> Fresh:
        """The demands that are still to be answered."""
        fresh: Fresh = {}
        earlier = self.cell.earlier if self.cell else _never
        for line, asked in self.sheet.asked.items():
            if isinstance(asked, TreeringError):
                self.outcomes[line] = asked
            elif before := earlier(line):
                self.outcomes[line] = self._again(line, asked, *before)
            elif isinstance(asked, Demand):
                fresh[line] = asked
            else:
                self.outcomes[line] = asked.why
        return fresh

    def _again(
        self, line: int, asked: Demand | Refused, imprint: bytes, first_serial: int
    ) -> Outcome:
        wiped = imprint == WIPED and isinstance(asked, Demand)
        if not (self._is_his(asked, first_serial) if wiped else imprint == asked.imprint):
            return KeyReused(f"{self.key}, line {line}")
        if isinstance(asked, Refused):
            return asked.why
        return Granted(asked.lot, first_serial, asked.count, replayed=True)

    def _is_his(self, asked: Demand | Refused, first_serial: int) -> bool:
        """Whether the line's redemption is of the holder that it names: of one whose imprint was
        taken out beside that of somebody who withdrew."""
        assert isinstance(asked, Demand)
        holder = self.bulk.holders({asked.lookup}).get(asked.lookup)
        place = asked.lot, first_serial, asked.count
        return holder is not None and self.bulk.is_of(holder, *place)

    def _granted(self, fresh: Fresh) -> Taken:
        """Serials in the order of the lines; what does not fit is refused."""
        locked = self.bulk.lock({demand.lot for demand in fresh.values()})
        following = {lot: asked for lot, (asked, _) in locked.items()}
        ends = {lot: capacity for lot, (_, capacity) in locked.items()}
        lines: list[int] = []
        granted: Taken = []
        for line, demand in fresh.items():
            lot, count = demand.lot, demand.count
            serial = following[lot]
            if serial + count > ends[lot]:
                self.outcomes[line] = self._full(demand, left=ends[lot] - serial)
                continue
            following[lot] = serial + count
            self.outcomes[line] = Granted(lot, serial, count)
            lines.append(line)
            granted.append((demand, serial))
        self.cell.grant_all(lines, ((demand.imprint, serial) for demand, serial in granted))
        self.changed |= bool(granted)
        self.bulk.take({lot: following[lot] - asked for lot, (asked, _) in locked.items()})
        return granted

    def _full(self, demand: Demand, *, left: int) -> LotFull:
        return LotFull(self.sheet.lots[demand.lot].slug, left=left, asked=demand.count)

    def _rows(self, granted: Taken, holders: Mapping[Lookup, HolderId]) -> Iterator[bytes]:
        starts = {
            number: rows.start(number, self.sheet.now, lot.species.energy_grams)
            for number, lot in self.sheet.lots.items()
        }
        middle = rows.middle
        for i in range(0, len(granted), _PIECE):
            yield b"".join(
                [
                    starts[demand.lot] + middle(serial, holders[demand.lookup]) + demand.row_end
                    for demand, serial in granted[i : i + _PIECE]
                ]
            )


def _never(line: int) -> None:
    """What became before of a line of a cell that nothing is kept of."""
