"""The contract's roles, by the names that the design gives them."""

from eth_abi.abi import encode

from treering.chain import abi
from treering.chain.sender import Call
from treering.domain.keccak import keccak

INSPECTOR = keccak(b"treering/inspector")
REGISTRY = keccak(b"treering/registry")
MIRROR = keccak(b"treering/mirror")
PAUSER = keccak(b"treering/pauser")


def registrar_of(programme: int) -> bytes:
    return _of("treering/registrar", programme)


def minter_of(programme: int) -> bytes:
    return _of("treering/minter", programme)


def revoker_of(programme: int) -> bytes:
    return _of("treering/revoker", programme)


def grant(contract: str, role: bytes, address: str) -> Call:
    return Call(contract, abi.call_data("grantRole", role, address))


def _of(name: str, programme: int) -> bytes:
    return keccak(encode(["string", "uint32"], [name, programme]))
