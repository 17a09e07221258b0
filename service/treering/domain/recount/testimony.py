"""A statement's EIP-712 digest, made again from what was submitted."""

from dataclasses import dataclass

from treering.domain.keccak import keccak

_DOMAIN = keccak(
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_STATEMENT = keccak(
    b"Statement(uint64 lot,uint8 stage,uint32 count,uint64 inspectedAt,bytes32 report,"
    b"bytes32 supersedes,uint64 nonce,uint64 deadline)"
)


@dataclass(frozen=True, slots=True)
class Domain:
    """Which contract's statements: `contract` is an address in hex."""

    chain_id: int
    contract: str

    @property
    def separator(self) -> bytes:
        address = bytes.fromhex(self.contract.removeprefix("0x"))
        words = [_DOMAIN, keccak(b"Treering"), keccak(b"1"), _word(self.chain_id)]
        return keccak(b"".join(words) + address.rjust(32, b"\0"))


def statement_digest(domain: Domain, said: tuple[int | bytes, ...]) -> bytes:
    """`said` are the statement's eight values in the contract's order."""
    words = [part if isinstance(part, bytes) else _word(part) for part in said]
    struct = keccak(_STATEMENT + b"".join(words))
    return keccak(b"\x19\x01" + domain.separator + struct)


def _word(number: int) -> bytes:
    return number.to_bytes(32, "big")
