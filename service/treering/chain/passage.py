"""How a batch came on the chain: the contract's own log of it, and who sent it there."""

from datetime import UTC, datetime
from typing import Any

from treering.chain import abi
from treering.chain.ledger import LedgerAt
from treering.chain.node import Node, data, quantity, understood
from treering.domain.batch import Batch
from treering.domain.provenance.clues import Passage
from treering.errors import ChainUnavailable


def of_batch(node: Node, at: LedgerAt, batch: Batch) -> Passage | None:
    """By the block that our books name; None where that block has no log of this batch.

    A block that is no longer the chain's has none. ChainUnavailable for any other silence.
    """
    if batch.inclusion is None or batch.inclusion.block_number > at.height:
        return None
    number = hex(batch.inclusion.block_number)
    topics = [
        _hex(abi.event_topic("BatchMinted")),
        _hex(batch.lot.to_bytes(32, "big")),
        _hex(batch.first_serial.to_bytes(32, "big")),
    ]
    wanted = {"address": at.contract, "fromBlock": number, "toBlock": number, "topics": topics}
    logs, block, transaction = node.calls(
        [
            ("eth_getLogs", wanted),
            ("eth_getBlockByNumber", number, False),
            ("eth_getTransactionByHash", _hex(batch.inclusion.transaction)),
        ]
    )
    if not logs or not block or not transaction:
        return None
    return understood(lambda: _passage(logs[-1], block, transaction))


def _passage(log: Any, block: Any, transaction: Any) -> Passage:
    event = abi.event([data(topic) for topic in log["topics"]], data(log["data"]))
    if event is None or data(log["blockHash"]) != data(block["hash"]):
        raise ChainUnavailable("the node gave another log than was asked for")
    return Passage(
        transaction=data(log["transactionHash"]),
        minter=str(transaction["from"]).lower(),
        block_number=quantity(block["number"]),
        block_hash=data(block["hash"]),
        block_time=datetime.fromtimestamp(quantity(block["timestamp"]), UTC),
        root=event.values["root"],
        holders=event.values["holders"],
    )


def _hex(value: bytes) -> str:
    return "0x" + value.hex()
