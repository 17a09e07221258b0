"""The transactions behind the contract's logs, each proven by its own hash and signature.

A node cannot invent one: the hash in the log is made again from the fields, and who sent it
is recovered from its signature. A transaction of a type unknown here is taken at the node's
word, and so is one that went to another contract, which then called ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import rlp
from eth_abi.exceptions import DecodingError

from treering.chain import abi
from treering.chain.node import Node, data, understood
from treering.domain.keccak import keccak
from treering.domain.recount.calls import Call
from treering.domain.signer import recovered
from treering.errors import LogsIncomplete

AT_ONCE = 16  # a mint of 4,096 records has 160 KB in hex
_LEGACY = ("nonce", "gasPrice", "gas", "to", "value", "input")
_TYPED = {
    1: ("chainId", "nonce", "gasPrice", "gas", "to", "value", "input", "accessList"),
    2: (
        "chainId",
        "nonce",
        "maxPriorityFeePerGas",
        "maxFeePerGas",
        "gas",
        "to",
        "value",
        "input",
        "accessList",
    ),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """`call` is None where the transaction went elsewhere, or created the contract."""

    sender: str
    call: Call | None


def sent(node: Node, contract: str, hashes: Iterable[bytes]) -> dict[bytes, Sent]:
    """The transactions by hash; LogsIncomplete if one is not there or is not its hash's."""
    wanted, found = list(dict.fromkeys(hashes)), {}
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        asked = [("eth_getTransactionByHash", "0x" + digest.hex()) for digest in some]
        for digest, answer in zip(some, node.calls(asked), strict=True):
            if not isinstance(answer, dict):
                raise LogsIncomplete(f"transaction 0x{digest.hex()}: the node has it not")
            found[digest] = understood(partial(_sent, digest, answer, contract))
    return found


def _sent(digest: bytes, told: dict[str, Any], contract: str) -> Sent:
    sender = _proven_sender(digest, told)
    if (told["to"] or "").lower() != contract.lower():
        return Sent(sender, None)
    return Sent(sender, _call(digest, sender, data(told["input"])))


def _call(digest: bytes, sender: str, payload: bytes) -> Call:
    try:
        function, arguments = abi.call(payload)
    except (DecodingError, LookupError) as error:
        raise LogsIncomplete(f"transaction 0x{digest.hex()} is no call of TreeLedger") from error
    return Call(digest, sender, function, arguments)


def _proven_sender(digest: bytes, told: dict[str, Any]) -> str:
    kind = int(told.get("type", "0x0"), 16)
    if kind not in (0, *_TYPED):
        return str(told["from"]).lower()
    prefix = bytes([kind]) if kind else b""
    plain = [_field(name, told[name]) for name in _TYPED.get(kind, _LEGACY)]
    v, parity = _v(told, kind)
    signature = [_number(told["r"]), _number(told["s"])]
    if keccak(prefix + rlp.encode([*plain, _bytes(v), *signature])) != digest:
        raise LogsIncomplete(f"transaction 0x{digest.hex()} is not what its hash says")
    replay = [] if kind or v < 35 else [_bytes((v - 35) // 2), b"", b""]
    r_and_s = b"".join(part.rjust(32, b"\0") for part in signature)
    signer = recovered(keccak(prefix + rlp.encode([*plain, *replay])), r_and_s, parity)
    if signer is None or signer != str(told["from"]).lower():
        raise LogsIncomplete(f"transaction 0x{digest.hex()} was signed by {signer}")
    return signer


def _v(told: dict[str, Any], kind: int) -> tuple[int, int]:
    """The v of the encoding, and y's parity."""
    v = int(told["v"] if "v" in told else told["yParity"], 16)
    if kind:
        return v, v
    return v, (v - 35) % 2 if v >= 35 else v - 27


def _field(name: str, value: Any) -> Any:
    """As RLP takes it: DATA stays as long as it is, a QUANTITY has no zeros before it."""
    if name == "accessList":
        return [[data(one["address"]), list(map(data, one["storageKeys"]))] for one in value]
    if name in ("to", "input"):
        return data(value or "0x")
    return _number(value)


def _number(value: str) -> bytes:
    return _bytes(int(value, 16))


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
