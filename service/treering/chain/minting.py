"""What minting needs of the chain: sign a batch, send its bytes, look what became of it.

The truth is the contract's own root at a block, never a receipt: a receipt may be missing
for ever, or belong to a block that vanished.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from eth_account.signers.local import LocalAccount

from treering.chain import abi, sender
from treering.chain.ledger import Ledger, LedgerAt
from treering.chain.node import data, quantity, understood
from treering.domain.anchor import Fate, Sight
from treering.domain.batch import Batch, Inclusion
from treering.domain.keccak import keccak
from treering.domain.record import TreeId
from treering.errors import NodeRefused


@dataclass(frozen=True, slots=True)
class Minting:
    """One programme's minter on one ledger."""

    ledger: Ledger
    minter: LocalAccount

    def next_nonce(self) -> int:
        """The nonce after the minter's last transaction that is in a block."""
        return self._nonce("latest")

    def sign(self, batch: Batch, nonce: int) -> bytes:
        """The signed transaction that mints the batch, not sent; TransactionRefused."""
        arguments = (batch.lot, batch.first_serial, batch.holders)
        call = sender.Call(self.ledger.contract, abi.call_data("mint", *arguments))
        return sender.sign(self.ledger.node, self.minter, call, nonce=nonce)

    def send(self, raw_transaction: bytes) -> None:
        """Hand over the stored bytes. What the node says to it is no proof of anything."""
        try:
            sender.send(self.ledger.node, raw_transaction)
        except NodeRefused:
            return  # looking again tells what became of it

    def look(self, batch: Batch) -> Sight:
        """What became of a batch whose transaction is in our books."""
        if sight := self._standing(batch, "finalized", Fate.FINAL):
            return sight
        # The nonce first: if it is free here and the root is missing after, nothing was mined.
        nonce_is_taken = self._nonce("latest") > (batch.nonce or 0)
        if sight := self._standing(batch, "latest", Fate.MINED):
            return sight
        return self._without_root(batch) if nonce_is_taken else Sight(Fate.UNMINED)

    def _standing(self, batch: Batch, tag: str, fate: Fate) -> Sight | None:
        """The sight of a batch with a root at the tagged block; None without one."""
        at = self.ledger.at(tag)
        root = at.root_of(batch.lot, batch.first_serial)
        if root is None:
            return None
        if root != batch.root:
            return Sight(Fate.DIVERGED, reason=f"the chain holds root 0x{root.hex()}")
        return Sight(fate, inclusion=self._inclusion(batch.first_tree, at))

    def _without_root(self, batch: Batch) -> Sight:
        assert batch.raw_transaction, "the signed_has_transaction constraint"
        digest = "0x" + keccak(batch.raw_transaction).hex()
        receipt = self.ledger.node.call("eth_getTransactionReceipt", digest)
        if receipt is None:
            return Sight(Fate.SUPERSEDED)
        if quantity(receipt["status"]) == 1:
            return Sight(Fate.UNMINED)  # minted without a root: its block is just vanishing
        return Sight(Fate.REVERTED, reason=self._why(batch))

    def _why(self, batch: Batch) -> str:
        """What the contract says to the same call now."""
        arguments = (batch.lot, batch.first_serial, batch.holders)
        call_data = abi.call_data("mint", *arguments)
        fields = {
            "from": self.minter.address,
            "to": self.ledger.contract,
            "data": "0x" + call_data.hex(),
        }
        try:
            self.ledger.node.call("eth_call", fields, "latest")
        except NodeRefused as error:
            return sender.words(error)
        return "the contract refused it then and would take it now"

    def _inclusion(self, first_tree: TreeId, at: LedgerAt) -> Inclusion:
        """The block whose log brought the root that stands at `at`."""
        lot, serial = first_tree >> 32, first_tree & 0xFFFFFFFF
        topics = [_topic(abi.event_topic("BatchMinted")), _number(lot), _number(serial)]
        logs = at.logs(topics)
        log = understood(lambda: logs[-1])
        block = self.ledger.node.block(quantity(log["blockNumber"]))
        return Inclusion(
            block_number=block.number,
            block_hash=block.hash,
            block_time=datetime.fromtimestamp(block.timestamp, UTC),
            transaction=data(log["transactionHash"]),
        )

    def _nonce(self, tag: str) -> int:
        address = self.minter.address
        return quantity(self.ledger.node.call("eth_getTransactionCount", address, tag))


def _topic(value: bytes) -> str:
    return "0x" + value.hex()


def _number(value: int) -> str:
    return _topic(value.to_bytes(32, "big"))
