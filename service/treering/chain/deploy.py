"""Putting TreeLedger on a chain."""

from dataclasses import dataclass

from eth_abi.abi import encode
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from treering.chain import abi, sender
from treering.chain.node import Node, data, quantity
from treering.chain.sender import Call

ZERO = "0x" + "00" * 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """Where the contract stands, and which block has it."""

    contract: str
    chain_id: int
    block: int
    transaction: bytes


def creation(*, admin: str, admin_delay: int, predecessor: str = ZERO) -> Call:
    """The call that creates a contract whose admin is `admin`. `admin_delay` in seconds."""
    code = bytes.fromhex(str(abi.artefact()["bytecode"]).removeprefix("0x"))
    arguments = encode(["uint48", "address", "address"], [admin_delay, admin, predecessor])
    return Call(None, code + arguments)


def deploy(node: Node, deployer: LocalAccount, call: Call) -> Deployment:
    """Send a creation and wait for it."""
    (receipt,) = sender.act(node, deployer, call)
    return Deployment(
        contract=to_checksum_address(receipt["contractAddress"]),
        chain_id=quantity(node.call("eth_chainId")),
        block=quantity(receipt["blockNumber"]),
        transaction=data(receipt["transactionHash"]),
    )
