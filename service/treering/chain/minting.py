"""What minting needs of the chain: where it stands, what became of flights, signing, sending."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from treering.chain import abi, gas, sender, sights
from treering.chain.ledger import Ledger
from treering.chain.node import Block, Request, quantity
from treering.domain.anchor import Cost, Horizon, Sight
from treering.domain.batch import Batch
from treering.domain.fees import GWEI, Fees
from treering.domain.flight import Flight, Nonce
from treering.domain.mempool import Reply, reply_of
from treering.errors import ChainUnavailable, NodeRefused, WrongChain

_TIP = GWEI  # what Anvil and quiet networks ask


@dataclass(frozen=True, slots=True)
class Minting:
    """One programme's minter on one ledger. `chain_id` is the pinned one, the only one signed."""

    ledger: Ledger
    minter: LocalAccount
    chain_id: int
    _memory: sights.Memory = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def address(self) -> bytes:
        """The minter's address, 20 bytes."""
        return bytes.fromhex(self.minter.address[2:])

    def horizon(self) -> Horizon:
        """Where the chain stands; WrongChain if the node answers for another."""
        node, minter = self.ledger.node, self.minter.address
        final = self._final()
        head = node.block("latest")
        asked: list[Request] = [
            ("eth_chainId",),
            ("eth_getTransactionCount", minter, "latest"),
        ]
        if final.number:
            asked.append(("eth_getTransactionCount", minter, hex(final.number)))
        chain_id, nonce, *final_nonce = (quantity(answer) for answer in node.calls(asked))
        if chain_id != self.chain_id:
            raise WrongChain(f"the node answers for chain {chain_id}, not {self.chain_id}")
        return Horizon(
            head=head.number,
            head_hash=head.hash,
            final=final.number,
            final_hash=final.hash,
            nonce=nonce,
            final_nonce=final_nonce[0] if final_nonce else 0,
            base_fee=head.base_fee,
            tip=_TIP,
            gas_limit=head.gas_limit,
        )

    def _final(self) -> Block:
        """The chain's first block where nobody can say what is final: minting goes on, since
        one of two nodes may be away for days, and nothing becomes final meanwhile."""
        try:
            return self.ledger.final_block()
        except (ChainUnavailable, NodeRefused):
            return self.ledger.node.block(0)

    def look(self, flights: Sequence[Flight], horizon: Horizon) -> list[Sight]:
        return sights.look(self.ledger, flights, horizon, self._memory)

    def receipts(self, digests: Sequence[bytes]) -> list[bool | None]:
        return sights.receipts(self.ledger, digests)

    def costs(self, digests: Sequence[bytes]) -> list[Cost | None]:
        return sights.costs(self.ledger, digests)

    def gas_of(self, count: int) -> int:
        return gas.of_mint(count)

    def refusal(self, batch: Batch) -> str | None:
        """What the contract says against minting this now, in its own words; None if nothing."""
        fields = {
            "from": self.minter.address,
            "to": self.ledger.contract,
            "data": "0x" + self._call_data(batch).hex(),
        }
        try:
            self.ledger.node.call("eth_call", fields, "latest")
        except NodeRefused as error:
            return sender.words(error)
        return None

    def sign(self, batch: Batch | None, nonce: Nonce, fees: Fees) -> bytes:
        """The bytes that mint the batch, or that only use the nonce up. Nothing is sent."""
        fields: dict[str, Any] = {
            "type": 2,
            "chainId": self.chain_id,
            "nonce": nonce,
            "value": 0,
            "maxPriorityFeePerGas": fees.tip,
            "maxFeePerGas": fees.cap,
            **(self._mint(batch) if batch else self._nothing()),
        }
        return bytes(self.minter.sign_transaction(fields).raw_transaction)

    def send(self, raw: bytes) -> tuple[Reply, str]:
        """Hand over stored bytes; what the node says, which is no proof of anything."""
        try:
            self.ledger.node.call("eth_sendRawTransaction", "0x" + raw.hex())
        except NodeRefused as error:
            return reply_of(error.message), error.message
        return Reply.TAKEN, ""

    def _mint(self, batch: Batch) -> dict[str, Any]:
        return {
            "to": to_checksum_address(self.ledger.contract),
            "data": self._call_data(batch),
            "gas": min(self.gas_of(batch.count), gas.TRANSACTION_LIMIT),
        }

    def _nothing(self) -> dict[str, Any]:
        return {"to": self.minter.address, "data": b"", "gas": gas.EMPTY}

    def _call_data(self, batch: Batch) -> bytes:
        return abi.call_data("mint", batch.lot, batch.first_serial, batch.holders)
