"""The mirrors in memory: one log, its source, a contradiction, and a certificate in dispute."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from tests.fakes.registry import KEY, ORIGIN, issued
from treering.domain.contradiction import Contradiction, Dispute, Kept, Kind, Standing, State
from treering.domain.instant import end_of_day
from treering.domain.record import LotId
from treering.domain.registry_head import HeldHead, sign
from treering.flow.mirroring.warden import Mirrored

FIRST_DAY = date(2025, 3, 12)
SECOND = "second.example/registry"


def seen() -> Mirrored:
    now = datetime.now(UTC).replace(microsecond=0)
    then = now - timedelta(hours=3)
    head = sign(ORIGIN, 2, b"\7" * 32, then, KEY)
    kept = _kept(head.note, then)
    entry = issued(1, 1)
    return Mirrored(
        moment=now,
        heads=(HeldHead(head, then),),
        sources=(
            Standing(
                feed=ORIGIN,
                state=State.REFUSED,
                code="TR701",
                why="<i>not</i> the protocol",
                since=then,
                looked_at=now,
                good_at=then,
            ),
        ),
        contradictions=(kept, replace(kept, id=2, settled_at=now, settled_because="a slip")),
        disputes=(
            Dispute(
                feed=ORIGIN,
                other=SECOND,
                certificate=entry.certificate,
                raw=entry.raw,
                other_raw=None,
                found_at=then,
                seen_at=now,
            ),
        ),
        disputed=1,
    )


def _kept(note: str, at: datetime) -> Kept:
    said = Contradiction(
        feed=ORIGIN,
        kind=Kind.HEADS,
        why="two roots for 2 entries",
        held_note=note,
        held_size=2,
        offered_note=note,
        offered_size=2,
        lots=(LotId(1 << 32 | 277),),
    )
    return Kept(
        id=1, contradiction=said, found_at=at, seen_at=at, settled_at=None, settled_because=None
    )


@dataclass
class FakeMirrors:
    now: Mirrored = field(default_factory=seen)

    def mirrored(self, day: date | None = None) -> Mirrored:
        if day is None:
            return self.now
        held = self.now.heads if day >= FIRST_DAY else ()
        return replace(self.now, moment=min(end_of_day(day), self.now.moment), heads=held)
