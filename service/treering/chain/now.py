"""A ledger as it stands now: its newest blocks, and what the contract holds at the head."""

from dataclasses import dataclass

from treering.chain.ledger import Ledger
from treering.chain.node import Block, quantity
from treering.domain.record import LotId


@dataclass(frozen=True, slots=True)
class LedgerNow:
    """Every question is asked of the head of that moment."""

    ledger: Ledger

    def final_block(self) -> Block:
        return self.ledger.final_block()

    def newest_block(self) -> Block:
        return self.ledger.node.block("latest")

    def block(self, number: int) -> Block:
        return self.ledger.node.block(number)

    def minted(self, lot: LotId) -> int:
        facts = self.ledger.at("latest").lot(lot)
        return facts.minted if facts else 0

    def root_of(self, lot: LotId, first_serial: int) -> bytes | None:
        return self.ledger.at("latest").root_of(lot, first_serial)

    def nonce(self, minter: bytes) -> int:
        answer = self.ledger.node.call("eth_getTransactionCount", "0x" + minter.hex(), "latest")
        return quantity(answer)
