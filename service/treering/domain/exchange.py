"""An exchange: three tree certificates of a person and year for one fulfilment certificate.

    APPLIED -> ISSUED -> CLAIMED -> WITHDRAWN -> RELEASED
       |          +--------------------^ (never claimed: its records are lost to it)
       +-> DECLINED

APPLIED is ours alone, as far as we know. ISSUED is in the registry's log too, CLAIMED on the
chain as well. WITHDRAWN is taken back on one side and not yet on the other; RELEASED on both,
and its records are free. DECLINED never was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from treering.domain.holder import HolderId
from treering.domain.record import TreeId


class ExchangeState(StrEnum):
    APPLIED = "applied"
    ISSUED = "issued"
    CLAIMED = "claimed"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"
    DECLINED = "declined"


LIVE = (
    ExchangeState.APPLIED,
    ExchangeState.ISSUED,
    ExchangeState.CLAIMED,
    ExchangeState.WITHDRAWN,
)


class EndedBy(StrEnum):
    """Which side took it back first."""

    REGISTRY = "registry"
    PROGRAMME = "programme"
    CHAIN = "chain"  # a record was revoked, or is used up for another


class Source(StrEnum):
    """Who says whether a person is eligible."""

    PROGRAMME = "programme"
    GUARDIAN = "guardian"
    SCHOOL = "school"
    REGISTRY = "registry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """All that is kept of a person's age: yes or no for a year, and who said so.

    `consented`: whatever consent his age asks for is there, his own or his guardian's.
    """

    eligible: bool
    consented: bool
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An application: three certificates' numbers, and the six digits of where the person lives.

    `eligibility` is None where it was said before.
    """

    numbers: Sequence[str]
    adcode: str
    eligibility: Eligibility | None = None

    def fingerprint(self) -> bytes:
        """32 bytes that are equal for equal applications."""
        said = self.eligibility
        words = [*sorted(self.numbers), self.adcode]
        words += [str(said.eligible), str(said.consented), said.source] if said else []
        return sha256("\n".join(words).encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """`trees` rise; `salt` opens `commitment`, and is gone with its holder. `reason` is the code
    of the refusal that ended it, `settled` says that its claim is in a final block."""

    id: UUID
    holder: HolderId
    year: int
    adcode: str
    state: ExchangeState
    trees: tuple[TreeId, ...]
    salt: bytes = field(repr=False)
    applied_at: datetime
    number: str | None = None
    commitment: bytes | None = None
    settled: bool = False
    ended_by: EndedBy | None = None
    ended_at: datetime | None = None
    reason: str | None = None
