"""What the chain says of a batch at one moment: read from the contract, never from a receipt."""

from dataclasses import dataclass
from enum import Enum, auto

from treering.domain.batch import Inclusion


class Fate(Enum):
    UNMINED = auto()  # its nonce is free: the stored bytes may be sent, however often
    MINED = auto()  # its root stands in a block that may still vanish
    FINAL = auto()  # its root stands in a block that cannot
    REVERTED = auto()  # its transaction was mined and the contract refused it
    SUPERSEDED = auto()  # another transaction took its nonce
    DIVERGED = auto()  # another root stands where its own should


@dataclass(frozen=True, slots=True)
class Sight:
    """A fate, with the block for MINED and FINAL and the contract's words for REVERTED."""

    fate: Fate
    inclusion: Inclusion | None = None
    reason: str | None = None
