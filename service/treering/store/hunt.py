"""Searching records in SQL: which lots fit a question, and their redemptions in order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, true

from treering.domain.batch import BatchState
from treering.domain.provenance.search import FALLEN, Box, Pin, Question, Told
from treering.domain.record import LotId
from treering.store.tables.books import batches, lots, redemptions
from treering.store.tables.events import record_events
from treering.store.tables.ground import evidence, inspection_sheets, lot_parties, sites

_ROWS = 2000  # of redemptions that are read at once
BEYOND = 2**32  # every serial
_OF_LOT = "slug programme site province species unit year".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a lot says of each of its records. `unit` is the number on chain."""

    lot: LotId
    slug: str
    programme: str
    site: str
    province: str
    species: str
    unit: int
    year: int


@dataclass(frozen=True, slots=True)
class Window:
    """Serials of a lot, from `first` to before `end`."""

    lot: LotId
    first: int
    end: int


class Stretch(NamedTuple):
    """Serials from `first` to before `end`, of one redemption."""

    first: int
    end: int
    redeemed_at: datetime
    campaign: str


class Hunt:
    """`pin` is the block as of which everything is told: what came later is left out."""

    def __init__(self, connection: Connection, question: Question, pin: Pin) -> None:
        self._connection = connection
        self._asked = question
        self._pin = pin

    def places(self) -> dict[LotId, Place]:
        """The lots that fit and hold something, by their ids, which rise."""
        columns = [lots.c[name] for name in _OF_LOT]
        query = select(lots.c.id.label("lot"), *columns).where(lots.c.asked > 0)
        rows = self._connection.execute(query.where(*fits(self._asked)).order_by(lots.c.id))
        return {LotId(row.lot): Place(**row._asdict()) for row in rows}

    def windows(self, places: dict[LotId, Place]) -> list[Window]:
        """Where in these lots something can be found."""
        if self._asked.transaction is None:
            return [Window(lot, self._first(lot), BEYOND) for lot in places]
        query = (
            select(batches.c.lot, batches.c.first_serial, batches.c.count)
            .where(batches.c.transaction == self._asked.transaction)
            .order_by(batches.c.lot, batches.c.first_serial)
        )
        found = self._connection.execute(query)
        return [
            Window(LotId(row.lot), row.first_serial, row.first_serial + row.count)
            for row in found
            if row.lot in places
        ]

    def stretches(self, window: Window) -> Iterator[Stretch]:
        """The redemptions in a window, in the order of serials."""
        query = self._of_events(window) if self._is_eventful else self._of_redemptions(window)
        rows: Iterable[Any] = self._connection.execute(
            query, execution_options={"yield_per": _ROWS}
        )
        for first, end, redeemed_at, campaign in rows:
            begun, ended = max(first, window.first), min(end, window.end)
            if begun < ended:
                yield Stretch(begun, ended, redeemed_at, campaign)

    @property
    def _is_eventful(self) -> bool:
        """Whether only records that an event told of can fit."""
        return self._asked.state in FALLEN or self._asked.exchanged is True

    def _first(self, lot: LotId) -> int:
        """Before it, whatever waits is not found: all is final."""
        if self._asked.state != "PENDING":
            return 0
        is_final = and_(
            batches.c.state == BatchState.FINAL, batches.c.block_number <= self._pin.block
        )
        waiting = select(func.min(batches.c.first_serial)).where(batches.c.lot == lot, ~is_final)
        first = self._connection.execute(waiting).scalar_one()
        if first is None:
            sealed = select(lots.c.sealed).where(lots.c.id == lot)
            first = self._connection.execute(sealed).scalar_one()
        return int(first)

    def _of_redemptions(self, window: Window) -> Select[tuple[object, ...]]:
        before = select(func.max(redemptions.c.first_serial)).where(
            redemptions.c.lot == window.lot, redemptions.c.first_serial <= window.first
        )
        begun = self._connection.execute(before).scalar_one()
        return (
            select(
                redemptions.c.first_serial.label("first"),
                (redemptions.c.first_serial + redemptions.c.count).label("end"),
                redemptions.c.redeemed_at,
                redemptions.c.campaign,
            )
            .where(
                redemptions.c.lot == window.lot,
                redemptions.c.first_serial >= (begun or 0),
                redemptions.c.first_serial < window.end,
                *self._in_time(),
            )
            .order_by(redemptions.c.first_serial)
        )

    def _of_events(self, window: Window) -> Select[tuple[object, ...]]:
        """Records that an event told of, one by one; whether it still holds is seen later."""
        kind = FALLEN.get(self._asked.state, Told.CLAIMED) if self._asked.state else Told.CLAIMED
        told = (
            select(record_events.c.serial)
            .distinct()
            .where(
                record_events.c.lot == window.lot,
                record_events.c.serial >= window.first,
                record_events.c.serial < window.end,
                record_events.c.kind == kind,
                record_events.c.block <= self._pin.block,
            )
            .subquery()
        )
        of_record = (
            select(redemptions.c.redeemed_at, redemptions.c.campaign, redemptions.c.recorded_at)
            .where(redemptions.c.lot == window.lot, redemptions.c.first_serial <= told.c.serial)
            .order_by(redemptions.c.first_serial.desc())
            .limit(1)
            .lateral()
        )
        return (
            select(
                told.c.serial.label("first"),
                (told.c.serial + 1).label("end"),
                of_record.c.redeemed_at,
                of_record.c.campaign,
            )
            .join(of_record, true())
            .where(*self._in_time(of_record.c.redeemed_at, of_record.c.recorded_at))
            .order_by(told.c.serial)
        )

    def _in_time(
        self,
        redeemed: ColumnElement[datetime] = redemptions.c.redeemed_at,
        recorded: ColumnElement[datetime] = redemptions.c.recorded_at,
    ) -> list[ColumnElement[bool]]:
        asked = self._asked
        rules = [recorded <= self._pin.at]
        if asked.redeemed_from is not None:
            rules.append(redeemed >= asked.redeemed_from)
        if asked.redeemed_until is not None:
            rules.append(redeemed < asked.redeemed_until)
        return rules


def fits(asked: Question) -> list[ColumnElement[bool]]:
    """What a lot must be, for its records to fit."""
    plain = {
        lots.c.programme: asked.programme,
        lots.c.province: asked.province,
        lots.c.site: asked.site,
        lots.c.slug: asked.lot,
        lots.c.species: asked.species,
        lots.c.unit: asked.unit,
        lots.c.year: asked.year,
    }
    rules = [column == value for column, value in plain.items() if value is not None]
    if asked.provinces is not None:
        rules.append(lots.c.province.in_(asked.provinces))
    if asked.party is not None:
        rules.append(_has_party(asked.party))
    if asked.box is not None:
        rules.append(_touches(asked.box))
    if asked.evidence is not None:
        rules.append(_shows(asked.evidence))
    return rules


def _has_party(code: str) -> ColumnElement[bool]:
    in_role = exists().where(lot_parties.c.lot == lots.c.id, lot_parties.c.party == code)
    return or_(lots.c.implementer == code, lots.c.inspector == code, in_role)


def _touches(box: Box) -> ColumnElement[bool]:
    there = sites.alias()  # of its own, whatever else the query reads of sites
    return exists().where(
        there.c.code == lots.c.site,
        there.c.programme == lots.c.programme,
        there.c.west <= box.east,
        there.c.east >= box.west,
        there.c.south <= box.north,
        there.c.north >= box.south,
    )


def _shows(hash_: bytes) -> ColumnElement[bool]:
    return or_(
        exists().where(evidence.c.lot == lots.c.id, evidence.c.hash == hash_),
        exists().where(inspection_sheets.c.lot == lots.c.id, inspection_sheets.c.hash == hash_),
    )
