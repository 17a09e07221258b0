"""What became of many flights at once: a few exchanges with the node, however many fly.

The truth is the contract's own root at a block, never a receipt: a receipt may be missing
for ever, or belong to a block that vanished.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from treering.chain import abi
from treering.chain.ledger import Ledger
from treering.chain.node import Request, data, quantity, understood
from treering.domain.anchor import Cost, Fate, Horizon, Sight
from treering.domain.batch import BatchState, Inclusion
from treering.domain.flight import Flight
from treering.domain.record import TreeId
from treering.errors import ChainUnavailable, NodeRefused

Memory = dict[tuple[bytes, TreeId], bytes]  # block hash and first tree to root
_REORGANISED = 64  # blocks: how far below the head of its signing a flight may come to stand


def look(
    ledger: Ledger, flights: Sequence[Flight], horizon: Horizon, memory: Memory | None = None
) -> list[Sight]:
    """The sight of each flight, SPENT where only its nonce is known to be used.

    `memory` spares what was asked at the same blocks before: nothing changes under a block's
    hash. It is not trusted where a nonce is used, for there a node may contradict itself.
    """
    memory = {} if memory is None else memory
    _forget(memory, flights, horizon)
    # A chain's first block has no contract yet, and few nodes still know its state.
    finals = [bytes(32)] * len(flights)
    if horizon.final:
        finals = _roots(ledger.node.undisputed, ledger, flights, horizon.final_hash, memory)
    newest = _roots(ledger.node.calls, ledger, flights, horizon.head_hash, memory)
    sights = [
        _fate(flight, final, new, horizon)
        for flight, final, new in zip(flights, finals, newest, strict=True)
    ]
    return _with_blocks(ledger, flights, sights, horizon)


def receipts(ledger: Ledger, digests: Sequence[bytes]) -> list[bool | None]:
    """For each transaction whether it succeeded; None if it is in no block."""
    answers = ledger.node.calls([("eth_getTransactionReceipt", _hex(d)) for d in digests])
    return [_succeeded(answer) if answer else None for answer in answers]


def costs(ledger: Ledger, digests: Sequence[bytes]) -> list[Cost | None]:
    """What each transaction has cost; None if it is in no block."""
    answers = ledger.node.calls([("eth_getTransactionReceipt", _hex(d)) for d in digests])
    return [_cost(answer) if answer else None for answer in answers]


def _cost(receipt: Any) -> Cost:
    used, price = understood(lambda: (receipt["gasUsed"], receipt["effectiveGasPrice"]))
    return Cost(quantity(used), quantity(used) * quantity(price))


def _forget(memory: Memory, flights: Sequence[Flight], horizon: Horizon) -> None:
    """What is of other blocks, and all of flights that are signed under a used nonce, or none."""
    kept = {flight.first_tree for flight in flights if _is_plain(flight, horizon)}
    blocks = (horizon.final_hash, horizon.head_hash)
    for block, tree in list(memory):
        if block not in blocks or tree not in kept:
            del memory[block, tree]


def _is_plain(flight: Flight, horizon: Horizon) -> bool:
    unused = flight.nonce is not None and flight.nonce >= horizon.nonce
    return unused or flight.state is BatchState.MINED


def _fate(flight: Flight, final: bytes, newest: bytes, horizon: Horizon) -> Sight:
    for root, fate in ((final, Fate.FINAL), (newest, Fate.MINED)):
        if any(root):
            if root == flight.root:
                return Sight(fate)
            return Sight(Fate.DIVERGED, reason=f"the chain holds root 0x{root.hex()}")
    if flight.nonce is not None and horizon.nonce > flight.nonce:
        return Sight(Fate.SPENT)
    return Sight(Fate.UNMINED)


def _roots(
    ask: Callable[[Sequence[Request]], list[Any]],
    ledger: Ledger,
    flights: Sequence[Flight],
    block_hash: bytes,
    memory: Memory,
) -> list[bytes]:
    """`rootOf` each flight at exactly this block (EIP-1898); zero where there is none."""
    where = {"blockHash": _hex(block_hash), "requireCanonical": True}
    trees = [flight.first_tree for flight in flights]
    unknown = [tree for tree in trees if (block_hash, tree) not in memory]
    requests: list[Request] = [
        (
            "eth_call",
            {"to": ledger.contract, "data": _hex(abi.call_data("rootOf", tree))},
            where,
        )
        for tree in unknown
    ]
    answers = ask(requests)
    memory.update({(block_hash, tree): _word(a) for tree, a in zip(unknown, answers, strict=True)})
    return [memory[block_hash, tree] for tree in trees]


def _with_blocks(
    ledger: Ledger, flights: Sequence[Flight], sights: list[Sight], horizon: Horizon
) -> list[Sight]:
    """The same sights with their blocks: the known one if it still stands, else from the log."""
    standing = [i for i, s in enumerate(sights) if s.fate in (Fate.FINAL, Fate.MINED)]
    known = {i: flights[i].inclusion for i in standing if flights[i].inclusion}
    asked = {block.block_number for block in known.values() if block}
    hashes = _hashes(ledger, sorted(asked))
    lost = [
        i
        for i in standing
        if (block := known.get(i)) is None or hashes[block.block_number] != block.block_hash
    ]
    found = dict(zip(lost, _inclusions(ledger, [flights[i] for i in lost], horizon), strict=True))
    inclusions = {**known, **found}
    return [
        Sight(sight.fate, inclusions[i]) if i in inclusions else sight
        for i, sight in enumerate(sights)
    ]


def _hashes(ledger: Ledger, numbers: Sequence[int]) -> dict[int, bytes]:
    answers = ledger.node.calls([_block(number) for number in numbers])
    return {
        number: data(answer["hash"]) if answer else b""
        for number, answer in zip(numbers, answers, strict=True)
    }


def _inclusions(ledger: Ledger, flights: Sequence[Flight], horizon: Horizon) -> list[Inclusion]:
    """The blocks that brought the flights' roots.

    By their newest attempts' receipts where these succeeded: a node finds them by their hash,
    and may read through all logs of many blocks for each root's own. By that log otherwise.
    """
    told = _receipts(ledger, flights)
    without = [
        i
        for i, (flight, receipt) in enumerate(zip(flights, told, strict=True))
        if not (receipt and _succeeded(receipt) and flight.bid and not flight.bid.is_empty)
    ]
    asked = [_logs(ledger.contract, flights[i], horizon) for i in without]
    logs = list(told)
    for i, answer in zip(without, ledger.node.calls(asked), strict=True):
        logs[i] = _last(answer)
    numbers = sorted({quantity(log["blockNumber"]) for log in logs})
    blocks = dict(
        zip(numbers, ledger.node.calls([_block(number) for number in numbers]), strict=True)
    )
    return [_inclusion(log, blocks[quantity(log["blockNumber"])]) for log in logs]


def _receipts(ledger: Ledger, flights: Sequence[Flight]) -> list[Any]:
    """Of the newest attempts; None where there is none, or the node does not tell."""
    digests = [flight.bid.digest if flight.bid else bytes(32) for flight in flights]
    try:
        return ledger.node.calls([("eth_getTransactionReceipt", _hex(d)) for d in digests])
    except (ChainUnavailable, NodeRefused):
        return [None] * len(flights)  # the logs tell as well


def _inclusion(log: Any, block: Any) -> Inclusion:
    if block is None or data(log["blockHash"]) != data(block["hash"]):
        raise ChainUnavailable("a block vanished while it was looked at")
    return Inclusion(
        block_number=quantity(block["number"]),
        block_hash=data(block["hash"]),
        block_time=datetime.fromtimestamp(quantity(block["timestamp"]), UTC),
        transaction=data(log["transactionHash"]),
    )


def _logs(contract: str, flight: Flight, horizon: Horizon) -> Request:
    after = flight.bid.after_block - _REORGANISED if flight.bid else 0
    topics = [
        _hex(abi.event_topic("BatchMinted")),
        _hex(flight.lot.to_bytes(32, "big")),
        _hex(flight.first_serial.to_bytes(32, "big")),
    ]
    wanted = {
        "address": contract,
        "fromBlock": hex(max(after, 0)),
        "toBlock": hex(horizon.head),
        "topics": topics,
    }
    return ("eth_getLogs", wanted)


def _succeeded(receipt: Any) -> bool:
    return understood(lambda: quantity(receipt["status"]) == 1)


def _last(logs: Any) -> Any:
    if not logs:
        raise ChainUnavailable("the node shows a root, but neither its log nor its transaction")
    return understood(lambda: logs[-1])


def _block(number: int) -> Request:
    return ("eth_getBlockByNumber", hex(number), False)


def _word(answer: Any) -> bytes:
    word = data(answer)
    if len(word) != 32:
        raise ChainUnavailable("an answer of unexpected shape: no root")
    return word


def _hex(value: bytes) -> str:
    return "0x" + value.hex()
