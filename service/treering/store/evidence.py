"""Evidence in SQL: which file is of which lot, and when it was last seen whole."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, Select, or_, select, text, update

from treering.domain.ground import Exhibit
from treering.domain.record import LotId
from treering.store.tables.books import lots, parties
from treering.store.tables.ground import evidence

_TURN = text("SELECT pg_advisory_xact_lock(hashtext('treering evidence'))")


class Evidence:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take_turns(self) -> None:
        """Until the transaction ends: that a file is of no lot yet stays true."""
        self._connection.execute(_TURN)

    def find(self, *hashes: bytes) -> Exhibit | None:
        """The file that came or is kept under one of these hashes."""
        known = or_(evidence.c.hash.in_(hashes), evidence.c.received.in_(hashes))
        row = self._connection.execute(_query().where(known).limit(1)).one_or_none()
        return _exhibit(row) if row else None

    def of_lot(self, lot: LotId) -> tuple[Exhibit, ...]:
        query = _query().where(evidence.c.lot == lot)
        rows = self._connection.execute(query.order_by(evidence.c.added_at, evidence.c.hash))
        return tuple(_exhibit(row) for row in rows)

    def add(self, values: dict[str, object]) -> None:
        self._connection.execute(evidence.insert().values(values))

    def due(self, before: datetime, limit: int | None) -> Sequence[bytes]:
        """Hashes of files that were last looked at before this, the longest ago first."""
        query = select(evidence.c.hash).where(evidence.c.checked_at < before)
        found = self._connection.execute(query.order_by(evidence.c.checked_at).limit(limit))
        return found.scalars().all()

    def seen(self, digest: bytes, now: datetime, why: str | None) -> bool:
        """Note that it is whole, or why not; whether that is news."""
        lost = evidence.c.lost_at
        news = lost.is_(None) if why else lost.is_not(None)
        here = evidence.c.hash == digest
        changed = {"checked_at": now, "lost_at": now if why else None, "lost_why": why}
        moved = self._connection.execute(update(evidence).where(here, news).values(changed))
        self._connection.execute(update(evidence).where(here).values(checked_at=now))
        return moved.rowcount == 1


def _query() -> Select[tuple[object, ...]]:
    return (
        select(
            *evidence.c,
            lots.c.slug,
            parties.c.en.label("party_en"),
            parties.c.zh.label("party_zh"),
        )
        .join(lots, lots.c.id == evidence.c.lot)
        .outerjoin(parties, parties.c.code == evidence.c.party)
    )


_PLAIN = (
    "hash received party_en party_zh kind media_type size taken_on longitude latitude "
    "caption_en caption_zh standing source added_at checked_at lost_at lost_why"
).split()


def _exhibit(row: Row[tuple[object, ...]]) -> Exhibit:
    return Exhibit(lot=row.slug, **{name: getattr(row, name) for name in _PLAIN})
