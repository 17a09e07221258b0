"""TreeLedger's whole history: every log up to one pinned block, in order, a few at a time.

Blocks are asked for in spans that grow while answers are small and shrink when they are
large or a provider refuses ("query returned more than 10000 results", a timeout, 413).
A provider's silence about a log cannot be seen here; the contract's counters show it, and
a second provider does, whose every log must be the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import zip_longest
from typing import Any

import httpx

from treering.chain import abi
from treering.chain.node import Block, Node, data, quantity
from treering.domain.recount import events as told
from treering.errors import ChainUnavailable, LogsIncomplete, NodeRefused, ProvidersDisagree

MAX_SPAN = 10_000  # blocks: what most providers allow in one request
SMALL, LARGE = 1 << 20, 8 << 20  # bytes of log data in one answer
_UNREADABLE = (AttributeError, ChainUnavailable, KeyError, TypeError, ValueError)
_HANDOVERS = {
    "DefaultAdminTransferScheduled",
    "DefaultAdminTransferCanceled",
    "DefaultAdminDelayChangeScheduled",
    "DefaultAdminDelayChangeCanceled",
}
_KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in told.Event.__args__
    if kind not in (told.BatchRebuilt, told.HandoverPlanned, told.Stranger)
}


@dataclass(frozen=True, slots=True)
class Span:
    """Entries of the blocks up to `last`, which is how far the reading has come.

    `digest` is of all logs so far, each as the node told it: SHA-256 over the digest before
    it and its own bytes.
    """

    last: int
    entries: list[told.Entry]
    digest: bytes


def history(
    node: Node,
    contract: str,
    first: int,
    pinned: Block,
    events: Sequence[str] = (),
    *,
    others: Sequence[Node] = (),
    digest: bytes = bytes(32),
) -> Iterator[Span]:
    """Every log of the contract from block `first` to the pinned one, or those of some events,
    as the node and all `others` tell it; `digest` is that of the logs before.

    Raises ChainUnavailable when a node falls silent, LogsIncomplete when its logs do not
    agree with themselves, NodeRefused when it refuses even a single block, and
    ProvidersDisagree with the first log that one of them tells otherwise.
    """
    reader = _Reader(contract.lower(), pinned, digest)
    span, ceiling = 1, MAX_SPAN
    while first <= pinned.number:
        last = min(first + span - 1, pinned.number)
        try:
            logs = _agreed([node, *others], contract, first, last, events)
        except (ChainUnavailable, NodeRefused) as error:
            if last == first or not _may_be_too_much(error):
                raise
            span = ceiling = (last - first + 1) // 2
            continue
        entries = [reader.entry(log, first, last) for log in logs]
        yield Span(last, entries, reader.digest)
        size = sum(len(log["data"]) for log in logs) // 2
        span = min(span * 2 if size < SMALL else span, ceiling)
        span = max(1, span // 2) if size > LARGE else span
        first = last + 1


def first_block(node: Node, contract: str, pinned: Block) -> int:
    """The block that has the contract's creation; 0 if the node keeps no old state to tell."""
    low, high = 0, pinned.number
    try:
        while low < high:
            middle = (low + high) // 2
            has_code = node.call("eth_getCode", contract, hex(middle)) not in ("0x", None)
            low, high = (low, middle) if has_code else (middle + 1, high)
    except NodeRefused:
        return 0
    return low


def _agreed(
    nodes: Sequence[Node], contract: str, first: int, last: int, events: Sequence[str]
) -> list[dict[str, Any]]:
    """The first node's logs; ProvidersDisagree unless every other tells the same."""
    logs = _logs(nodes[0], contract, first, last, events)
    for other in nodes[1:]:
        for one, two in zip_longest(logs, _logs(other, contract, first, last, events)):
            if _identity(one) != _identity(two):
                told_by = f"{nodes[0].name} tells {_shown(one)}, {other.name} {_shown(two)}"
                raise ProvidersDisagree(f"blocks {first} to {last}: {told_by}")
    return logs


def _identity(log: dict[str, Any] | None) -> tuple[Any, ...]:
    """All that a log says; hexadecimal in one case."""
    if log is None:
        return ()
    names = ("blockNumber", "blockHash", "logIndex", "transactionHash", "address", "data")
    return (*(str(log.get(n)).lower() for n in names), str(log.get("topics")).lower())


def _shown(log: dict[str, Any] | None) -> str:
    if log is None:
        return "no more logs"
    print_of = sha256(repr(_identity(log)).encode()).hexdigest()[:16]
    return f"log {log.get('logIndex')} of block {log.get('blockNumber')} ({print_of}…)"


def _logs(
    node: Node, contract: str, first: int, last: int, events: Sequence[str]
) -> list[dict[str, Any]]:
    asked: dict[str, Any] = {
        "address": contract,
        "fromBlock": hex(first),
        "toBlock": hex(last),
    }
    if events:
        asked["topics"] = [["0x" + abi.event_topic(name).hex() for name in events]]
    logs = node.call("eth_getLogs", asked)
    if not isinstance(logs, list) or not all(_is_log(log) for log in logs):
        raise LogsIncomplete(f"blocks {first} to {last}: this is not a list of logs")
    return logs


def _is_log(log: object) -> bool:
    return isinstance(log, dict) and isinstance(log.get("data"), str)


def _may_be_too_much(error: ChainUnavailable | NodeRefused) -> bool:
    """Whether a smaller question may help: refused, timed out, cut off or endless, not dead."""
    reasons = (httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.HTTPStatusError)
    return isinstance(error, NodeRefused) or isinstance(error.__cause__, reasons)


class _Reader:
    """Turns logs into entries, and holds each against the one before it."""

    def __init__(self, contract: str, pinned: Block, digest: bytes) -> None:
        self.digest = digest
        self._contract = contract
        self._pinned = pinned
        self._before = told.Place(-1, -1, b"")
        self._block_hash = b""

    def entry(self, log: dict[str, Any], first: int, last: int) -> told.Entry:
        try:
            place = told.Place(
                quantity(log["blockNumber"]),
                quantity(log["logIndex"]),
                data(log["transactionHash"]),
            )
            self._check(log, place, first, last)
            topics, payload = [data(topic) for topic in log["topics"]], data(log["data"])
            event = _event(topics, payload)
            self._digest(place, topics, payload)
        except _UNREADABLE as error:
            raise LogsIncomplete(f"a log of blocks {first} to {last}: {error!r}") from error
        return told.Entry(place, event)

    def _check(self, log: dict[str, Any], place: told.Place, first: int, last: int) -> None:
        if log["address"].lower() != self._contract:
            raise LogsIncomplete(f"{place}: a log of another contract, {log['address']}")
        if log.get("removed"):
            raise LogsIncomplete(f"{place}: the log's block was taken back")
        if not first <= place.block <= last:
            raise LogsIncomplete(f"{place}: asked for blocks {first} to {last}")
        if not place.follows(self._before):
            raise LogsIncomplete(f"{place} came after {self._before}")
        block_hash = data(log["blockHash"])
        if block_hash != self._hash_of(place.block, block_hash):
            raise LogsIncomplete(f"{place}: its block has two hashes")
        self._before, self._block_hash = place, block_hash

    def _digest(self, place: told.Place, topics: list[bytes], payload: bytes) -> None:
        where = place.block.to_bytes(8, "big") + place.index.to_bytes(8, "big")
        log = sha256(where + place.transaction + self._block_hash + b"".join(topics) + payload)
        self.digest = sha256(self.digest + log.digest()).digest()

    def _hash_of(self, number: int, given: bytes) -> bytes:
        """The pinned block's hash, or that of the block's last log; else the one given."""
        if number == self._pinned.number:
            return self._pinned.hash
        return self._block_hash if number == self._before.block else given


def _event(topics: list[bytes], payload: bytes) -> told.Event:
    event = abi.event(topics, payload)
    if event is None:
        return told.Stranger("0x" + topics[0].hex() if topics else "without a topic")
    if event.name in _HANDOVERS:
        return told.HandoverPlanned(event.name, event.values.get("newAdmin"))
    kind = _KINDS.get(event.name)
    # An event's values come in the ABI's order, which is its class's.
    return kind(*event.values.values()) if kind else told.Stranger(event.name)
