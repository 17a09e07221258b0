"""The state of the mirrors, for whoever watches over the whole."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine

from treering.domain.contradiction import Dispute, Kept, Standing
from treering.domain.instant import end_of_day
from treering.domain.registry_head import HeldHead
from treering.store import contradictions, disputes
from treering.store.mirror import Mirror

MOST_DISPUTES = 100  # that are listed; all of them are differences, and in their files


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """As of `moment`: the last good head of each log, and what speaks for or against its source.
    Of the `disputed` certificates, the first MOST_DISPUTES."""

    moment: datetime
    heads: tuple[HeldHead, ...]
    sources: tuple[Standing, ...]
    contradictions: tuple[Kept, ...]
    disputes: tuple[Dispute, ...]
    disputed: int


@dataclass(frozen=True, slots=True)
class Warden:
    """`feeds` are the origins of the logs that are followed, none where there is none."""

    engine: Engine
    feeds: tuple[str, ...]
    clock: Callable[[], datetime]

    def mirrored(self, day: date | None = None) -> Mirrored:
        """Now, or with the heads that we held at the end of a day (UTC+8)."""
        moment = min(end_of_day(day), self.clock()) if day else self.clock()
        isolated = self.engine.execution_options(isolation_level="REPEATABLE READ")
        with isolated.connect() as connection:
            mirrors = [Mirror(connection, feed) for feed in self.feeds]
            held = [one.held_at(moment) if day else one.held() for one in mirrors]
            return Mirrored(
                moment=moment,
                heads=tuple(one for one in held if one),
                sources=tuple(contradictions.sources(connection)),
                contradictions=tuple(contradictions.contradictions(connection)),
                disputes=tuple(disputes.disputes(connection, most=MOST_DISPUTES)),
                disputed=disputes.count(connection),
            )
