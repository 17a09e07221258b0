"""A TreeLedger of our own on a real Anvil, with a programme, a lot and every role filled."""

from hashlib import shake_256
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak
from web3 import Web3
from web3.types import TxReceipt

PROGRAMME = 1
LOT = PROGRAMME << 32 | 277
ADMIN, REGISTRAR, MINTER, INSPECTOR = (
    Account.from_key(keccak(text=f"treering test: {name}"))
    for name in ("admin", "registrar", "minter", "inspector")
)
STATEMENT = {
    "Statement": [
        {"name": "lot", "type": "uint64"},
        {"name": "stage", "type": "uint8"},
        {"name": "count", "type": "uint32"},
        {"name": "inspectedAt", "type": "uint64"},
        {"name": "report", "type": "bytes32"},
        {"name": "supersedes", "type": "bytes32"},
        {"name": "nonce", "type": "uint64"},
        {"name": "deadline", "type": "uint64"},
    ]
}


def holders_of(count: int, seed: bytes = b"holders") -> list[bytes]:
    """20 bytes each, the same for the same seed, no two alike."""
    stream = shake_256(seed).digest(20 * count)
    return [stream[i : i + 20] for i in range(0, len(stream), 20)]


class Ledger:
    def __init__(self, web3: Web3, artefact: dict[str, Any]) -> None:
        self.web3 = web3
        for account in (ADMIN, REGISTRAR, MINTER):
            web3.provider.make_request("anvil_setBalance", [account.address, hex(10**24)])
        factory = web3.eth.contract(abi=artefact["abi"], bytecode=artefact["bytecode"])
        nobody = "0x" + "00" * 20
        receipt = self.send(ADMIN, factory.constructor(0, ADMIN.address, nobody))
        self.contract = web3.eth.contract(receipt["contractAddress"], abi=artefact["abi"])
        self.calls = self.contract.functions

    def send(self, sender: LocalAccount, call: Any) -> TxReceipt:
        fields = call.build_transaction(
            {"from": sender.address, "nonce": self.web3.eth.get_transaction_count(sender.address)}
        )
        raw = sender.sign_transaction(fields).raw_transaction
        receipt = self.web3.eth.wait_for_transaction_receipt(
            self.web3.eth.send_raw_transaction(raw), poll_latency=0.02
        )
        assert receipt["status"] == 1
        return receipt

    def open_lot(self, lot: int = LOT, endorsed: int = 100_000) -> None:
        programme = lot >> 32
        calls = self.calls
        self.send(ADMIN, calls.openProgramme(programme, b"ANTFOREST".ljust(32, b"\0")))
        grants = [
            (calls.registrarOf(programme).call(), REGISTRAR),
            (calls.minterOf(programme).call(), MINTER),
            (calls.INSPECTOR().call(), INSPECTOR),
        ]
        for role, account in grants:
            self.send(ADMIN, calls.grantRole(role, account.address))
        site, species = b"150000/277".ljust(32, b"\0"), b"SAXAUL".ljust(16, b"\0")
        terms = (site, species, self.next_year(), 1, keccak(b"dossier"))
        self.send(REGISTRAR, calls.openLot(lot, terms))
        self.endorse(lot, endorsed)

    def endorse(self, lot: int, count: int) -> TxReceipt:
        statement, signature = self.endorsement(lot, count)
        call = self.calls.state(tuple(statement.values()), INSPECTOR.address, signature)
        return self.send(ADMIN, call)

    def endorsement(self, lot: int, count: int) -> tuple[dict[str, Any], bytes]:
        """A statement as eth-account signs it, not as our contract hashes it."""
        now = self.web3.eth.get_block("latest")["timestamp"]
        statement = {
            "lot": lot,
            "stage": 1,
            "count": count,
            "inspectedAt": now - 60,
            "report": keccak(b"report"),
            "supersedes": self.calls.statementOf(lot, 1).call(),
            "nonce": self.calls.nonceOf(INSPECTOR.address).call(),
            "deadline": now + 3600,
        }
        domain = {
            "name": "Treering",
            "version": "1",
            "chainId": self.web3.eth.chain_id,
            "verifyingContract": self.contract.address,
        }
        signed = INSPECTOR.sign_typed_data(domain, STATEMENT, statement)
        return statement, bytes(signed.signature)

    def next_year(self) -> int:
        """A planting year that has not ended, so that an endorsement is always in season."""
        return 1971 + int(self.web3.eth.get_block("latest")["timestamp"] // 31_556_952)
