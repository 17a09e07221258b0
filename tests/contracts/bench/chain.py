"""Deploying and calling on the bench's Anvil, from its first account."""

from typing import Any

from web3 import Web3
from web3.contract import Contract

MOST_GAS = 2**24  # EIP-7825: no transaction may ask for more


class Chain:
    def __init__(self, web3: Web3) -> None:
        self.web3 = web3
        self.sender = web3.eth.accounts[0]

    def deploy(self, abi: list[Any], bytecode: str, *arguments: Any) -> Contract:
        factory = self.web3.eth.contract(abi=abi, bytecode=bytecode)
        receipt = self._receipt(factory.constructor(*arguments))
        return self.web3.eth.contract(receipt["contractAddress"], abi=abi)

    def gas(self, call: Any, events: int) -> int:
        """What the receipt says; the events show that each record was really taken in."""
        receipt = self._receipt(call)
        told = len(receipt["logs"])
        assert told == events, f"{call.fn_name} told {told} events, not {events}"
        return int(receipt["gasUsed"])

    def _receipt(self, call: Any) -> Any:
        sent = call.transact({"from": self.sender, "gas": MOST_GAS})
        receipt = self.web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.02)
        assert receipt["status"] == 1, f"{call} was refused"
        return receipt
