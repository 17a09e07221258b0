"""What a trace rests on: all that was found of one record, and None where nobody could tell."""

from dataclasses import dataclass
from datetime import datetime

from treering.domain.batch import Batch
from treering.domain.fulfilment import Interconnection
from treering.domain.lot import Lot, Standing
from treering.domain.record import Record, TreeId, serial_of
from treering.domain.redemption import Redemption
from treering.domain.view import LotFacts, Network, Programme, StatementView


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """How a batch came on the chain, by the contract's own log. `minter` is an address.

    `holders` are 20 bytes a record, as the log tells them; hashes have 32 bytes.
    """

    transaction: bytes
    minter: str
    block_number: int
    block_hash: bytes
    block_time: datetime
    root: bytes
    holders: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OnChain:
    """What the contract says of record and lot at one final block.

    `root` is the batch's, `reason` why the record was revoked, `fallen_at` when it was revoked
    or replaced. `passage` is None where the node shows no log of the batch.
    """

    block: int
    block_hash: bytes
    as_of: datetime
    facts: LotFacts | None
    root: bytes | None
    passage: Passage | None
    reason: str | None
    fallen_at: datetime | None
    replaced_by: TreeId | None
    replaces: TreeId | None
    claim: bytes | None
    statements: tuple[StatementView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A party in a role on the lot, such as implementer or funder."""

    code: str
    role: str
    en: str
    zh: str
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """An evidence file: a report, a photo. `is_intact` is what its last look found, None for
    one that was never looked at again."""

    hash: bytes
    kind: str
    is_intact: bool | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """`mirror` is None where there is none; `project` names what the lot belongs to."""

    number: str
    tree: TreeId
    network: Network
    programme: Programme
    redemption: Redemption
    lot: Lot
    batch: Batch | None
    on_chain: OnChain | None
    mirror: Interconnection | None
    partners: tuple[Partner, ...]
    media: tuple[Medium, ...]
    project: Partner | None
    polygon: bytes | None  # the hash of the site's outline
    as_of: datetime

    @property
    def record(self) -> Record | None:
        """None until the record is in a batch."""
        if self.batch is None:
            return None
        return self.batch.record(self.position(self.batch))

    def position(self, batch: Batch) -> int:
        return serial_of(self.tree) - batch.first_serial
