"""What TreeLedger tells: one class for each event, its fields in the event's own order.

Numbers stay plain, so that a value which no honest ledger writes can still be shown.
Lots, trees and programmes are their numbers, addresses lower-case hex, hashes 32 bytes.
"""

from dataclasses import dataclass
from enum import IntEnum

from treering.domain.record import LotId, TreeId


class Reason(IntEnum):
    """Why a record was taken back, numbered as on chain."""

    ERROR = 1
    FRAUD = 2
    DUPLICATE = 3
    NOT_PLANTED = 4
    HOLDER_REQUEST = 5
    REPLACED = 6


def reason_name(number: int) -> str:
    """As people call it; a number that no ledger of ours writes is shown as one."""
    return Reason(number).name if number in set(Reason) else f"reason {number}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a log stands: its block, its index in that block, its transaction's hash."""

    block: int
    index: int
    transaction: bytes

    def follows(self, other: "Place") -> bool:
        return (self.block, self.index) > (other.block, other.index)

    def __str__(self) -> str:
        return f"block {self.block}, log {self.index}"


@dataclass(frozen=True, slots=True)
class ProgrammeOpened:
    programme: int
    code: bytes


@dataclass(frozen=True, slots=True)
class LotOpened:
    lot: LotId
    site: bytes
    year: int
    species: bytes
    unit: int
    dossier: bytes


@dataclass(frozen=True, slots=True)
class LotClosed:
    lot: LotId


@dataclass(frozen=True, slots=True)
class Stated:
    lot: LotId
    stage: int
    inspector: str
    id: bytes
    old_count: int
    new_count: int
    inspected_at: int
    report: bytes
    supersedes: bytes
    nonce: int


@dataclass(frozen=True, slots=True)
class BatchMinted:
    """`holders` are 20 bytes a record."""

    lot: LotId
    first_serial: int
    root: bytes
    holders: bytes


@dataclass(frozen=True, slots=True)
class BatchRebuilt(BatchMinted):
    """A batch whose root was rebuilt from its holders by another process: `rebuilt`."""

    rebuilt: bytes


@dataclass(frozen=True, slots=True)
class RecordRevoked:
    tree: TreeId
    reason: int


@dataclass(frozen=True, slots=True)
class RecordReplaced:
    old: TreeId
    new: TreeId


@dataclass(frozen=True, slots=True)
class RecordClaimed:
    tree: TreeId
    commitment: bytes


@dataclass(frozen=True, slots=True)
class ClaimReleased:
    tree: TreeId
    commitment: bytes


@dataclass(frozen=True, slots=True)
class FeedAnchored:
    feed: bytes
    old_size: int
    old_root: bytes
    new_size: int
    new_root: bytes


@dataclass(frozen=True, slots=True)
class IssuerKeySet:
    programme: int
    key_id: bytes
    public_key: bytes
    valid_from: int


@dataclass(frozen=True, slots=True)
class IssuerKeyRetired:
    """Both ends are Unix seconds; the old one is 0 where the key was not retired before."""

    programme: int
    key_id: bytes
    old_until: int
    new_until: int


@dataclass(frozen=True, slots=True)
class SuccessorNamed:
    successor: str


@dataclass(frozen=True, slots=True)
class RoleGranted:
    role: bytes
    account: str
    sender: str


@dataclass(frozen=True, slots=True)
class RoleRevoked:
    role: bytes
    account: str
    sender: str


@dataclass(frozen=True, slots=True)
class Paused:
    account: str


@dataclass(frozen=True, slots=True)
class Unpaused:
    account: str


@dataclass(frozen=True, slots=True)
class HandoverPlanned:
    """A change of admin, or of his delay, was scheduled or called off: nothing has changed yet.

    `heir` is whom a scheduled change names, in lower case.
    """

    name: str
    heir: str | None = None


@dataclass(frozen=True, slots=True)
class Stranger:
    """A log that TreeLedger never writes: the event's name, or its topic in hex."""

    name: str


Event = (
    ProgrammeOpened
    | LotOpened
    | LotClosed
    | Stated
    | BatchMinted
    | BatchRebuilt
    | RecordRevoked
    | RecordReplaced
    | RecordClaimed
    | ClaimReleased
    | FeedAnchored
    | IssuerKeySet
    | IssuerKeyRetired
    | SuccessorNamed
    | RoleGranted
    | RoleRevoked
    | Paused
    | Unpaused
    | HandoverPlanned
    | Stranger
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event at its place; `sender` called the contract, None where nobody looked."""

    place: Place
    event: Event
    sender: str | None = None
