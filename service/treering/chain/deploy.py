"""Putting TreeLedger on a chain, at an address that follows from its sources and parameters.

The deterministic deployment proxy, which stands at the same address on every public network
and on Anvil, creates it by CREATE2: the same code, deployer and parameters, the same address.
"""

from dataclasses import dataclass

from eth_abi.abi import encode
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from treering.chain import abi, sender
from treering.chain.node import Node, data, quantity
from treering.chain.sender import Call
from treering.domain.keccak import keccak
from treering.errors import WrongChain

ZERO = "0x" + "00" * 20
_PROXY = "0x4e59b44847b379578588920cA78FbF26c0B4956C"
_SALT = keccak(b"treering/deploy/v1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """Where the contract stands; `is_new` unless it stood there before."""

    contract: str
    chain_id: int
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """What a contract is created from. `admin_delay` in seconds."""

    admin: str
    admin_delay: int
    predecessor: str = ZERO

    @property
    def code(self) -> bytes:
        """The creation code with its parameters."""
        code = bytes.fromhex(str(abi.artefact()["bytecode"]).removeprefix("0x"))
        parameters = [self.admin_delay, self.admin, self.predecessor]
        return code + encode(["uint48", "address", "address"], parameters)

    @property
    def address(self) -> str:
        """Where CREATE2 puts it (EIP-1014)."""
        place = b"\xff" + data(_PROXY) + _SALT + keccak(self.code)
        return to_checksum_address(keccak(place)[12:])

    @property
    def call(self) -> Call:
        return Call(_PROXY, _SALT + self.code)


def deploy(node: Node, deployer: LocalAccount, creation: Creation) -> Deployment:
    """Create it, or find it; WrongChain where there is no deployment proxy."""
    is_new = not _has_code(node, creation.address)
    if is_new:
        if not _has_code(node, _PROXY):
            raise WrongChain(f"no deployment proxy at {_PROXY} on this chain")
        sender.act(node, deployer, creation.call)
    return Deployment(
        contract=creation.address,
        chain_id=quantity(node.call("eth_chainId")),
        is_new=is_new,
    )


def _has_code(node: Node, address: str) -> bool:
    return bool(data(node.call("eth_getCode", address, "latest")))
