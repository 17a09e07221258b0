"""What both sides show of an exchange: facts only, and nothing by which a holder is known."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from treering.domain.exchange import EndedBy, ExchangeState
from treering.domain.fulfilment import Fulfilment
from treering.domain.registry_head import HeldHead


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A certificate that was brought: its number, its lot by slug and by name."""

    number: str
    lot: str
    site_en: str
    site_zh: str


class Caution(StrEnum):
    """Why nobody may lean now on what the registry's log says of a certificate."""

    STALE = "stale"  # the newest head is too old
    DISPUTED = "disputed"  # the log contradicted itself, or another source, about its trees
    UNHEARD = "unheard"  # a second source is followed, and does not speak
    BEHIND = "behind"  # our mirror holds less of the log than we anchored on the ledger
    DIFFERS = "differs"  # the log gives it for another year, or for other trees


@dataclass(frozen=True, slots=True, kw_only=True)
class FulfilmentView:
    """An exchange, and what the registry's log says of its certificate as of head `held`.

    `number` is None before it is issued, and once its holder has withdrawn. `said` is None while
    the mirror holds no such certificate, `held` where no registry is followed; `caution` is None
    where one may lean on both.
    """

    id: UUID
    programme: str
    state: ExchangeState
    year: int
    adcode: str
    applied_at: datetime
    used: tuple[Used, ...]
    number: str | None
    commitment: bytes | None
    settled: bool
    ended_by: EndedBy | None
    ended_at: datetime | None
    reason: str | None
    said: Fulfilment | None
    held: HeldHead | None
    caution: Caution | None = None
