"""What the chain says at one moment: read from the contract, never from a receipt alone."""

from dataclasses import dataclass
from enum import Enum, auto

from treering.domain.batch import Inclusion


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """Where a chain stands, as one minter sees it. Hashes have 32 bytes, fees are in wei.

    `nonce` counts the minter's transactions in blocks up to the head, `final_nonce` those
    in blocks that can no longer vanish. `final` is 0 where nobody can say what is final.
    """

    head: int
    head_hash: bytes
    final: int
    final_hash: bytes
    nonce: int
    final_nonce: int
    base_fee: int
    tip: int
    gas_limit: int


class Fate(Enum):
    UNMINED = auto()  # its nonce is free: the stored bytes may be sent, however often
    MINED = auto()  # its root stands in a block that may still vanish
    FINAL = auto()  # its root stands in a block that cannot
    SPENT = auto()  # its nonce is used without its root, in a block that may still vanish
    REVERTED = auto()  # its transaction is final and the contract refused it
    SUPERSEDED = auto()  # another transaction used its nonce, for good
    DIVERGED = auto()  # another root stands where its own should


@dataclass(frozen=True, slots=True)
class Sight:
    """A fate, with the block for MINED and FINAL and the reason for DIVERGED."""

    fate: Fate
    inclusion: Inclusion | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What a transaction took: its gas, and its price in wei for all of it."""

    gas: int
    wei: int
