"""A minter of a few lines that is sound, but for one flaw at a time: teeth for the storms.

Its books survive its death, as a database would. Redeeming and sealing are the product's.
"""

from dataclasses import dataclass, field, replace
from enum import Enum, auto

from sqlalchemy import text

from tests.faults.node.world import Entry, World
from treering.chain import abi, sender
from treering.chain.node import quantity
from treering.chain.sender import Call
from treering.domain.keccak import keccak
from treering.errors import ChainUnavailable, NodeRefused, TransactionRefused
from treering.failpoint import reached


class Flaw(Enum):
    NAIVE_RESEND = auto()  # what failed to be sent is signed anew
    LATEST_IS_FINAL = auto()
    RECEIPT_IS_TRUTH = auto()  # without a receipt it was not mined
    NO_ROOT_CHECK = auto()  # a used nonce is our batch
    SEND_BEFORE_STORE = auto()


@dataclass
class Held:
    nonce: int
    raw: bytes
    state: str = "signed"


@dataclass
class NaiveWorld(World):
    """`held` is what it has stored of each batch."""

    flaw: Flaw | None = None
    held: dict[int, Held] = field(default_factory=dict)

    def start(self) -> None:
        self.parts = self._parts()
        self.parts.check_identity()

    def step(self) -> bool:
        batch = next((b for b in super().books() if self._state(b) != "final"), None)
        try:
            if batch:
                self._follow(batch)
        except (ChainUnavailable, NodeRefused, TransactionRefused):
            return False
        return batch is not None

    def books(self) -> list[Entry]:
        return [replace(entry, state=self._state(entry)) for entry in super().books()]

    def _state(self, batch: Entry) -> str:
        held = self.held.get(batch.id)
        return held.state if held else "sealed"

    def _follow(self, batch: Entry) -> None:
        held = self.held.get(batch.id)
        if held is None:
            self._sign(batch)
        elif self._is_final(batch, held):
            held.state = "final"
        elif self.flaw is Flaw.RECEIPT_IS_TRUTH and self._receipt(held) is None:
            self._sign(batch)
        elif not self._stands(batch, "latest"):
            if self._count("finalized") > held.nonce:
                del self.held[batch.id]
            else:
                self._send(batch, held.raw)

    def _is_final(self, batch: Entry, held: Held) -> bool:
        if self.flaw is Flaw.LATEST_IS_FINAL:
            return self._stands(batch, "latest")
        if self.flaw is Flaw.NO_ROOT_CHECK:
            return self._count("finalized") > held.nonce
        return self._stands(batch, "finalized")

    def _sign(self, batch: Entry) -> None:
        careless = self.flaw in (Flaw.NAIVE_RESEND, Flaw.RECEIPT_IS_TRUTH)
        nonce = self._count("pending" if careless else "latest")
        data = abi.call_data("mint", batch.lot, batch.first_serial, self._holders(batch))
        call = Call(self.chain.contract, data)
        raw = sender.sign(self.parts.ledger.node, self.minter, call, nonce=nonce)
        reached("tx.signed_not_stored")
        if self.flaw is Flaw.SEND_BEFORE_STORE:
            self._send(batch, raw)
            reached("tx.sent_not_noted")
            self.held[batch.id] = Held(nonce, raw)
        else:
            self.held[batch.id] = Held(nonce, raw)
            reached("tx.stored_not_sent")
            self._send(batch, raw)
            reached("tx.sent_not_noted")

    def _send(self, batch: Entry, raw: bytes) -> None:
        try:
            self.parts.ledger.node.call("eth_sendRawTransaction", "0x" + raw.hex())
        except NodeRefused:
            return
        except ChainUnavailable:
            if self.flaw is Flaw.NAIVE_RESEND:
                self.held.pop(batch.id, None)
            raise

    def _stands(self, batch: Entry, tag: str) -> bool:
        return self.parts.ledger.at(tag).root_of(batch.lot, batch.first_serial) == batch.root

    def _receipt(self, held: Held) -> object:
        digest = "0x" + keccak(held.raw).hex()
        return self.parts.ledger.node.call("eth_getTransactionReceipt", digest)

    def _count(self, tag: str) -> int:
        node = self.parts.ledger.node
        return quantity(node.call("eth_getTransactionCount", self.minter.address, tag))

    def _holders(self, batch: Entry) -> bytes:
        query = text("SELECT holders FROM batches WHERE id = :id")
        with self.engine.connect() as connection:
            return bytes(connection.execute(query, {"id": batch.id}).scalar_one())
