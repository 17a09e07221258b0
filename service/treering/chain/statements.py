"""An inspector's statement: typed data (EIP-712) signed by the inspecting body's own key,
which anybody may then submit."""

from dataclasses import asdict, dataclass

from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount

from treering.chain import abi
from treering.chain.sender import Call


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


def submission(
    statement: Statement, inspector: LocalAccount, *, chain_id: int, contract: str
) -> Call:
    """The call that submits the statement, signed by its inspector."""
    domain = {
        "name": "Treering",
        "version": "1",
        "chainId": chain_id,
        "verifyingContract": contract,
    }
    message = encode_typed_data(domain, _TYPES, asdict(statement))
    signature = bytes(inspector.sign_message(message).signature)
    fields = tuple(asdict(statement).values())
    return Call(contract, abi.call_data("state", fields, inspector.address, signature))
