"""An inspector's statement: typed data (EIP-712) signed by the inspecting body's own key,
which anybody may then submit."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount

from treering.chain import abi
from treering.chain.sender import Call
from treering.domain.keccak import keccak
from treering.domain.stage import Stage
from treering.errors import StatementRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """`inspectedAt` and `deadline` in Unix seconds; named as in the contract, in its order."""

    lot: int
    stage: int
    count: int
    inspectedAt: int  # noqa: N815
    report: bytes
    supersedes: bytes
    nonce: int
    deadline: int


_TYPES = {
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


_DIGITS = 20  # of the largest uint64

_DOMAIN = [
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
]


def typed_data(statement: Statement, *, chain_id: int, contract: str) -> dict[str, Any]:
    """As eth_signTypedData_v4 takes it: whole numbers as texts, since JavaScript's end at 2⁵³."""
    return {
        "types": {"EIP712Domain": _DOMAIN, **_TYPES},
        "primaryType": "Statement",
        "domain": _domain(chain_id, contract),
        "message": {
            name: "0x" + value.hex() if isinstance(value, bytes) else str(value)
            for name, value in asdict(statement).items()
        },
    }


def from_message(message: Mapping[str, Any]) -> Statement:
    """The statement of such typed data; StatementRefused for anything else."""
    if set(message) != {each["name"] for each in _TYPES["Statement"]}:
        raise StatementRefused("its message has other fields than a Statement")
    try:
        values: dict[str, Any] = {
            each["name"]: _value(each["type"], message[each["name"]])
            for each in _TYPES["Statement"]
        }
    except (TypeError, ValueError) as error:
        raise StatementRefused(f"its message cannot be read: {error}") from error
    if values["stage"] not in set(Stage):
        raise StatementRefused(f"there is no stage {values['stage']}")
    return Statement(**values)


def digest(statement: Statement, *, chain_id: int, contract: str) -> bytes:
    """The EIP-712 digest, which is the statement's id on chain."""
    signable = encode_typed_data(_domain(chain_id, contract), _TYPES, asdict(statement))
    return keccak(b"\x19" + signable.version + signable.header + signable.body)


def signed_by(statement: Statement, signature: bytes, *, chain_id: int, contract: str) -> str:
    """The address whose key signed, in lower case; StatementRefused if none did."""
    signable = encode_typed_data(_domain(chain_id, contract), _TYPES, asdict(statement))
    try:
        return str(Account.recover_message(signable, signature=signature)).lower()
    except Exception as error:
        raise StatementRefused("its signature is no key's") from error


def sign(statement: Statement, inspector: LocalAccount, *, chain_id: int, contract: str) -> bytes:
    signable = encode_typed_data(_domain(chain_id, contract), _TYPES, asdict(statement))
    return bytes(inspector.sign_message(signable).signature)


def call(statement: Statement, inspector: str, signature: bytes, contract: str) -> Call:
    """The call that brings it to the contract, by whomever."""
    fields = tuple(asdict(statement).values())
    return Call(contract, abi.call_data("state", fields, inspector, signature))


def submission(
    statement: Statement, inspector: LocalAccount, *, chain_id: int, contract: str
) -> Call:
    """The call that submits the statement, signed by its inspector."""
    signature = sign(statement, inspector, chain_id=chain_id, contract=contract)
    return call(statement, inspector.address, signature, contract)


def _domain(chain_id: int, contract: str) -> dict[str, object]:
    return {
        "name": "Treering",
        "version": "1",
        "chainId": chain_id,
        "verifyingContract": contract,
    }


def _value(kind: str, value: Any) -> int | bytes:
    text = str(value)
    if kind == "bytes32":
        found = bytes.fromhex(text.removeprefix("0x"))
        if len(found) != 32:
            raise ValueError("a hash has 32 bytes")
        return found
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise ValueError(f"{text[:40]!r} is no {kind}")
    if (number := int(text)) >= 2 ** int(kind[4:]):
        raise ValueError(f"{text} is no {kind}")
    return number
