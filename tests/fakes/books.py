"""What the fake services keep: redemptions, batches and a chain, all in memory, all true.

The chain holds roots by transaction, accepts what is minted in order, and can be down.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from treering.domain.batch import Batch, BatchId, BatchState, Inclusion
from treering.domain.holder import HolderSecret, reference_hash
from treering.domain.keccak import keccak
from treering.domain.lot import Lot
from treering.domain.merkle import MerkleTree
from treering.domain.number import CertificateNumber, issue
from treering.domain.record import LotId, TreeId, lot_of, serial_of, tree_id
from treering.domain.redemption import Redemption, Wish, redemption_id
from treering.domain.view import Programme

NOW = datetime(2026, 4, 22, 6, 30, tzinfo=UTC)
CHAIN_ID = 31337
CONTRACT = "0x5FbDB2315678afecb367f032d93F642f64180aa3"


@dataclass
class Books:
    """`revoked` and `replaced` are what the chain holds of records; `down` silences it.

    `halted` says why nothing is redeemed.
    """

    programmes: dict[str, Programme]  # by API key
    lots: dict[str, Lot]  # by slug
    redemptions: dict[UUID, Redemption] = field(default_factory=dict)
    keys: dict[tuple[str, str], tuple[bytes, UUID]] = field(default_factory=dict)
    holders: dict[UUID, str] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)
    roots: dict[TreeId, bytes] = field(default_factory=dict)
    revoked: set[TreeId] = field(default_factory=set)
    replaced: dict[TreeId, TreeId] = field(default_factory=dict)
    accepted: dict[str, int] = field(default_factory=dict)  # by slug
    block: int = 100
    down: bool = False
    halted: str | None = None

    def redeem(self, programme: Programme, key: str, wish: Wish, masked: str) -> Redemption:
        lot = self.lots[wish.lot]
        redemption = Redemption(
            id=redemption_id(tree_id(lot.id, lot.asked)),
            programme=programme.code,
            lot=lot.id,
            first_serial=lot.asked,
            count=wish.count,
            masked_name=masked,
            price_grams=lot.species.energy_grams,
            campaign=wish.campaign,
            redeemed_at=(wish.redeemed_at or NOW).astimezone(UTC),
            recorded_at=NOW,
        )
        self.lots[wish.lot] = replace(lot, asked=lot.asked + wish.count)
        self.redemptions[redemption.id] = redemption
        self.keys[programme.code, key] = (wish.fingerprint(), redemption.id)
        self.holders[redemption.id] = wish.holder
        return redemption

    def seal(self) -> None:
        """Every record that waits goes into a batch of its lot."""
        for lot in self.lots.values():
            first = sum(batch.count for batch in self.batches if batch.lot == lot.id)
            holders = b"".join(self._holders(lot.id, first))
            if holders:
                batch = Batch(
                    id=BatchId(len(self.batches) + 1),
                    state=BatchState.SEALED,
                    lot=lot.id,
                    first_serial=first,
                    holders=holders,
                    root=bytes(32),
                    sealed_at=NOW,
                )
                root = MerkleTree.over(batch.words()).root
                self.batches.append(replace(batch, root=root))

    def mine(self) -> None:
        """Every sealed batch gets into a block of its own."""
        for place, batch in enumerate(self.batches):
            if batch.state is BatchState.SEALED:
                self.block += 1
                self.roots[batch.first_tree] = batch.root
                inclusion = Inclusion(
                    block_number=self.block,
                    block_hash=keccak(b"block" + self.block.to_bytes(8, "big")),
                    block_time=NOW + timedelta(minutes=4),
                    transaction=keccak(b"transaction" + batch.root),
                )
                self.batches[place] = replace(batch, state=BatchState.MINED, inclusion=inclusion)

    def finalise(self) -> None:
        for place, batch in enumerate(self.batches):
            if batch.state is BatchState.MINED:
                self.batches[place] = replace(batch, state=BatchState.FINAL)

    def settle(self) -> None:
        self.seal()
        self.mine()
        self.finalise()

    def batch_of(self, tree: TreeId) -> Batch | None:
        serial = serial_of(tree)
        for batch in self.batches:
            if batch.lot == lot_of(tree) and serial - batch.first_serial in range(batch.count):
                return batch
        return None

    def redemption_of(self, tree: TreeId) -> Redemption | None:
        serial = serial_of(tree)
        for redemption in self.redemptions.values():
            first = redemption.first_serial
            if redemption.lot == lot_of(tree) and serial - first in range(redemption.count):
                return redemption
        return None

    @property
    def lots_by_id(self) -> dict[LotId, Lot]:
        return {lot.id: lot for lot in self.lots.values()}

    def lot_by_id(self, lot: LotId) -> Lot:
        return self.lots_by_id[lot]

    def secret_of(self, redemption: Redemption) -> HolderSecret:
        reference = self.holders[redemption.id]
        return HolderSecret(sha256(reference.encode()).digest(), reference_hash(reference))

    def _holders(self, lot: LotId, first: int) -> list[bytes]:
        found = []
        for redemption in self.redemptions.values():
            if redemption.lot == lot and redemption.first_serial >= first:
                secret = self.secret_of(redemption)
                found += [secret.commitment(tree) for tree in redemption.trees()]
        return found


def number_key(programme: str) -> bytes:
    return sha256(b"number key of " + programme.encode()).digest()


def number_of(redemption: Redemption, tree: TreeId) -> CertificateNumber:
    return issue(tree, number_key(redemption.programme))
