"""A difference between two of the sides that should say the same, and who must act.

The sides are the chain at one final block, the mirror of the registry's log at one head, our
database, and accepted counts that somebody brought. What each case means is in `cases`.
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from treering.domain.record import LotId


class Kind(StrEnum):
    """Stable and public. "Here" is our database, "there" is any other side."""

    MISSING_THERE = "missing_there"
    MISSING_HERE = "missing_here"
    COUNT_DIFFERS = "count_differs"
    YEAR_DIFFERS = "year_differs"
    HOLDER_DIFFERS = "holder_differs"
    WITHDRAWN_ON_ONE_SIDE = "withdrawn_on_one_side"
    USED_TWICE = "used_twice"
    OVER_ACCEPTED = "over_accepted"
    LATE = "late"
    ROOT_DIFFERS = "root_differs"
    RECORD_DIFFERS = "record_differs"
    CONTRADICTED = "contradicted"


class Side(StrEnum):
    CHAIN = "chain"
    MIRROR = "mirror"
    DATABASE = "database"
    ACCEPTED = "accepted"


class Owner(StrEnum):
    """Who must act."""

    PROGRAMME = "programme"
    REGISTRY = "registry"
    INSPECTOR = "inspector"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way in which two sides can differ. `left` and `right` are the sides whose words a
    difference carries; the next step is for the owner."""

    name: str
    kind: Kind
    left: Side
    right: Side
    owner: Owner
    en: str
    zh: str
    next_en: str
    next_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """`subject` is what it is about, such as `lot 1/277`; `left` and `right` what the case's
    two sides say. `count` is how many records it concerns. `lot` or `adcode` places it."""

    case: Case
    subject: str
    left: str
    right: str
    count: int = 1
    lot: LotId | None = None
    adcode: str | None = None

    @property
    def identity(self) -> UUID:
        """The same for the same case of the same subject, in whatever run it is seen."""
        digest = sha256(f"{self.case.name}\n{self.subject}".encode()).digest()
        return UUID(bytes=digest[:16])
