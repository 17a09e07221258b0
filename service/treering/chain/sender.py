"""Transactions: made, signed, handed over. Signing is apart from sending, so that the bytes
can be kept before any node has seen them. Sending the same bytes twice is harmless."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from treering.chain import abi
from treering.chain.node import Node, data, quantity, understood
from treering.domain.keccak import keccak
from treering.domain.mempool import Reply, reply_of
from treering.errors import ChainUnavailable, NodeRefused, TransactionRefused

_TIP = 10**9  # 1 gwei: what Anvil and quiet networks ask
_MAX_GAS = 2**24  # EIP-7825
_HEAD_ROOM = 6  # fifths of the estimate: blocks are packed by gas limits, so little more


@dataclass(frozen=True, slots=True)
class Call:
    """What a transaction does: `to` is None for a deployment."""

    to: str | None
    data: bytes


def sign(node: Node, account: LocalAccount, call: Call, *, nonce: int) -> bytes:
    """The signed transaction, not sent. TransactionRefused if the contract would refuse it."""
    fields: dict[str, Any] = {
        "type": 2,
        "chainId": quantity(node.call("eth_chainId")),
        "nonce": nonce,
        "value": 0,
        "data": "0x" + call.data.hex(),
        "gas": _gas(node, account.address, call),
        **_fees(node),
    }
    if call.to:
        fields["to"] = to_checksum_address(call.to)
    return bytes(account.sign_transaction(fields).raw_transaction)


def estimate(node: Node, sender: str, call: Call) -> int:
    """Its gas; TransactionRefused if the contract would refuse it. Nothing is sent."""
    return _gas(node, sender, call)


def send(node: Node, raw_transaction: bytes) -> bytes:
    """Hand the bytes to the node; the transaction's hash. No error if the node has it already."""
    digest = keccak(raw_transaction)
    try:
        node.call("eth_sendRawTransaction", "0x" + raw_transaction.hex())
    except NodeRefused:
        if node.call("eth_getTransactionByHash", "0x" + digest.hex()) is None:
            raise
    return digest


def act(node: Node, account: LocalAccount, *calls: Call) -> list[Any]:
    """Sign, send and wait: for acts that may simply be tried again. Their receipts, in order."""
    try:
        digests = _submit(node, account, calls)
    except NodeRefused as error:
        if reply_of(error.message) is not Reply.NONCE_USED:
            raise
        digests = _submit(node, account, calls)  # another process of ours was faster
    return [wait_for(node, digest) for digest in digests]


def _submit(node: Node, account: LocalAccount, calls: Sequence[Call]) -> list[bytes]:
    nonce = quantity(node.call("eth_getTransactionCount", account.address, "pending"))
    return [send(node, sign(node, account, call, nonce=nonce + i)) for i, call in enumerate(calls)]


def wait_for(node: Node, digest: bytes, *, timeout_seconds: float = 30.0) -> Any:
    """The receipt of a transaction that was sent."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        receipt = node.call("eth_getTransactionReceipt", "0x" + digest.hex())
        if receipt is not None:
            if quantity(receipt["status"]) != 1:
                raise TransactionRefused(f"transaction 0x{digest.hex()} was reverted")
            return receipt
        time.sleep(0.05)
    raise ChainUnavailable(f"transaction 0x{digest.hex()} is in no block yet")


def _gas(node: Node, sender: str, call: Call) -> int:
    fields = {"from": sender, "data": "0x" + call.data.hex()}
    if call.to:
        fields["to"] = call.to
    try:
        # On top of what waits in the pool, since calls may build on each other.
        estimate = quantity(node.call("eth_estimateGas", fields, "pending"))
    except NodeRefused as error:
        raise TransactionRefused(words(error)) from error
    return min(estimate * _HEAD_ROOM // 5, _MAX_GAS)


def _fees(node: Node) -> dict[str, int]:
    latest = node.call("eth_getBlockByNumber", "latest", False)
    base = understood(lambda: quantity(latest["baseFeePerGas"]))
    return {"maxPriorityFeePerGas": _TIP, "maxFeePerGas": 2 * base + _TIP}


def words(error: NodeRefused) -> str:
    """What the contract said, where it said something; else what the node said."""
    try:
        revert = data(error.data or "0x")
    except ChainUnavailable:  # some nodes write prose there
        return error.message
    return abi.refusal(revert) if len(revert) >= 4 else error.message
