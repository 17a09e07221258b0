"""Evidence: files kept under their hash, cleaned of people's data, one lot's each, and watched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from treering.domain.exhibit import Told, check_place
from treering.domain.ground import Exhibit
from treering.domain.instant import SHANGHAI
from treering.domain.lot import Lot
from treering.domain.planting import begun
from treering.domain.role import Person
from treering.errors import (
    EvidenceLost,
    EvidenceNotFound,
    EvidenceUsed,
    NotAllowed,
    PartyNotFound,
)
from treering.flow.admitting.changes import tell_change
from treering.flow.admitting.keybook import CONSOLE
from treering.intake.evidence import cleaned, digest
from treering.intake.picture import Clean
from treering.store import parties
from treering.store.evidence import Evidence
from treering.store.lots import Lots
from treering.store.shelf import Shelf

EACH = timedelta(days=1)  # a file is read again so often
_AT_ONCE = 20
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Archive:
    engine: Engine
    shelf: Shelf
    clock: Callable[[], datetime]

    def add(self, slug: str, content: bytes, told: Told, by: Person = CONSOLE) -> Exhibit:
        """The file as evidence of the lot; the same file again is the same evidence.

        LotNotFound, EvidenceRefused, PartyNotFound, GroundRefused for no day or one to come;
        EvidenceUsed names the lot that has it; NotAllowed for a lot of another programme.
        """
        lot = self._lot(slug, told, by.programme)
        self._check_day(told.taken_on)
        received = digest(content)
        if known := self._known(lot, received):
            return known
        clean = cleaned(content)
        self._check_day(clean.taken_on)
        check_place(clean.place, lot.adcode)
        if known := self._known(lot, digest(clean.content)):
            return known
        kept = self.shelf.put(clean.content)
        with self.engine.begin() as connection:
            rows = Evidence(connection)
            rows.take_turns()
            if other := rows.find(received, kept):
                return _of(lot, other)
            rows.add(_values(lot, told, clean, (received, kept), self.clock()))
            subject = f"evidence of {lot.slug}"
            tell_change(connection, self.clock(), subject, clean.content, by=by)
        found = self._known(lot, kept)
        assert found, "just added"
        return found

    def find(self, hash_: bytes) -> Exhibit:
        """By the hash under which it is kept, or came; EvidenceNotFound."""
        with self.engine.connect() as connection:
            found = Evidence(connection).find(hash_)
        if found is None:
            raise EvidenceNotFound(hash_.hex())
        return found

    def read(self, hash_: bytes) -> tuple[Exhibit, bytes]:
        """With its bytes, held against the hash; EvidenceNotFound, EvidenceLost."""
        found = self.find(hash_)
        try:
            return found, self.shelf.get(found.hash)
        except EvidenceNotFound as error:
            raise EvidenceLost(f"{found.hash.hex()}: {error}") from error

    def watch(self) -> bool:
        """Read again what was not read for a day; whether anything was due."""
        return bool(self.check(self.clock() - EACH, _AT_ONCE))

    def check(self, before: datetime, limit: int) -> Sequence[tuple[bytes, str | None]]:
        """Each file last looked at before this: its hash, and why it is lost or None.

        StoreUnavailable: the store was silent, and nothing is said of any file.
        """
        with self.engine.connect() as connection:
            due = Evidence(connection).due(before, limit)
        return [(hash_, self._check(hash_)) for hash_ in due]

    def check_all(self) -> Sequence[tuple[bytes, str | None]]:
        """Every file, now."""
        with self.engine.connect() as connection:
            every = Evidence(connection).due(self.clock() + EACH, None)
        return [(hash_, self._check(hash_)) for hash_ in every]

    def _check(self, hash_: bytes) -> str | None:
        why = None
        try:
            self.shelf.check(hash_)
        except (EvidenceNotFound, EvidenceLost) as error:
            why = str(error)
        with self.engine.begin() as connection:
            rows = Evidence(connection)
            is_news = rows.seen(hash_, self.clock(), why)
            found = rows.find(hash_)
        if why and found:
            told = f"{hash_.hex()} of {found.lot}: {why}"
            _log.error("evidence lost", code=EvidenceLost.code, why=told)
        elif is_news:
            _log.info("evidence found again", hash=hash_.hex())
        return why

    def _lot(self, slug: str, told: Told, programme: str | None) -> Lot:
        with self.engine.connect() as connection:
            lot = Lots(connection).named(slug)
            if told.party and not parties.is_known(connection, told.party):
                raise PartyNotFound(told.party)
        if programme not in (None, lot.programme):
            raise NotAllowed(f"{lot.slug} belongs to another programme")
        return lot

    def _check_day(self, told: str | None) -> None:
        if told:
            begun(told, self.clock().astimezone(SHANGHAI).date())  # GroundRefused

    def _known(self, lot: Lot, hash_: bytes) -> Exhibit | None:
        with self.engine.connect() as connection:
            found = Evidence(connection).find(hash_)
        return _of(lot, found) if found else None


def _of(lot: Lot, found: Exhibit) -> Exhibit:
    if found.lot != lot.slug:
        raise EvidenceUsed(found.lot)
    return found


def _values(
    lot: Lot, told: Told, clean: Clean, hashes: tuple[bytes, bytes], now: datetime
) -> dict[str, object]:
    longitude, latitude = clean.place or (None, None)
    received, kept = hashes
    return {
        "hash": kept,
        "received": received,
        "lot": lot.id,
        "party": told.party,
        "kind": told.kind,
        "media_type": clean.media_type,
        "size": len(clean.content),
        "taken_on": clean.taken_on or told.taken_on,
        "longitude": longitude,
        "latitude": latitude,
        "caption_en": told.caption_en,
        "caption_zh": told.caption_zh,
        "standing": told.standing,
        "source": told.source,
        "added_at": now,
        "checked_at": now,
    }
