"""Which block was the newest at a moment."""

from datetime import UTC, datetime

from treering.chain.node import Block, Node


def block_at(node: Node, moment: datetime, newest: Block) -> Block | None:
    """The last block up to `newest` that is not younger; None if even the first is."""
    if newest.timestamp <= moment.timestamp():
        return newest
    low, high = 0, newest.number  # the answer lies below `high`
    while low < high:
        middle = (low + high) // 2
        if node.block(middle).timestamp <= moment.timestamp():
            low = middle + 1
        else:
            high = middle
    return node.block(low - 1) if low else None


def time_of(block: Block) -> datetime:
    return datetime.fromtimestamp(block.timestamp, UTC)
