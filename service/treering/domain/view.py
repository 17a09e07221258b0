"""What a page shows of a certificate, a lot and the counts: facts only, in no language."""

from dataclasses import dataclass
from datetime import datetime

from treering.domain.batch import Batch
from treering.domain.lot import Lot
from treering.domain.redemption import Redemption
from treering.domain.verification import Report, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A tenant. `number` stands in every record; `issuer` is the DID of its credentials."""

    code: str
    number: int
    name: str
    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed:
    """A redemption and its certificates' numbers, in the order of their serials.

    `replayed` says that the same Idempotency-Key had brought it before.
    """

    redemption: Redemption
    lot_slug: str
    numbers: tuple[str, ...]
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFacts:
    """What the contract says of a lot at one block. `live` is minted less revoked."""

    site: str
    species: str
    unit: int
    year: int
    dossier: bytes
    endorsed: int
    accepted: int | None
    surveyed: int | None
    minted: int
    revoked: int
    deficit: int
    closed: bool
    block: int
    block_hash: bytes
    as_of: datetime

    @property
    def live(self) -> int:
        return self.minted - self.revoked

    @property
    def cap(self) -> int:
        """How many may ever be minted, by the inspectors' word that holds."""
        return self.endorsed if self.accepted is None else self.accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """One inspector's statement, as the chain's event tells it. `inspector` is an address.

    `supersedes` is the id of the statement of the same stage before it, None for the first.
    """

    stage: str  # ENDORSEMENT, ACCEPTANCE or SURVEY
    inspector: str
    party_en: str | None
    party_zh: str | None
    count: int
    inspected_at: datetime
    report: bytes
    transaction: bytes
    id: bytes = b""
    supersedes: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateView:
    """All that `/c/{number}` shows. `lot_facts` is None while the chain cannot be asked.

    `successor` and `predecessor` are the numbers of the certificates that replaced this one
    and that this one replaced; `reason` is why it was revoked, by its name on chain, and
    `fallen_at` when it was revoked or replaced. `statements` are of the lot, oldest first.
    """

    number: str
    state: State
    report: Report
    programme: Programme
    redemption: Redemption
    serial: int
    lot: Lot
    lot_facts: LotFacts | None
    batch: Batch | None
    successor: str | None = None
    predecessor: str | None = None
    reason: str | None = None
    fallen_at: datetime | None = None
    statements: tuple[StatementView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LotView:
    """All that `/lots/{lot}` shows. `facts` is None while the chain cannot be asked."""

    lot: Lot
    programme: Programme
    facts: LotFacts | None
    statements: tuple[StatementView, ...]

    @property
    def left(self) -> int:
        """Room in our books, or what inspectors leave of it where they found less."""
        room = min(self.lot.capacity, self.facts.cap) if self.facts else self.lot.capacity
        return max(0, room - self.lot.asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The five numbers of one unit, each from its own source; none is shown for another.

    `mined` and `final` are what our books hold as such; `counted` is the contract's own
    counter at `block`, None while the chain cannot be asked.
    """

    unit: str
    asked: int
    sent: int
    mined: int
    final: int
    counted: int | None
    block: int | None
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Where the records are: what a stranger needs to look for himself."""

    chain_id: int
    contract: str
