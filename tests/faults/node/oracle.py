"""Whether books and chain agree, from the chain's own events and what callers wrote down.

Four counts of records must be 0: lost, twice, unfounded, unknown. Nothing here asks the
engine; the contract is read straight from the node.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.chain_kit import Chain
from tests.faults.node.world import LOT, Entry, World
from treering.chain import abi
from treering.chain.node import data
from treering.domain.batch import HOLDER_BYTES
from treering.flow.auditing.audit import audit


@dataclass(frozen=True)
class Reckoning:
    lost: int  # acknowledged, and not on the final chain
    twice: int  # minted more than once
    unfounded: int  # final in our books, and not on the final chain
    unknown: int  # on the final chain, and in no batch of ours


NOTHING_WRONG = Reckoning(0, 0, 0, 0)
Minted = list[tuple[int, int, bytes, int]]  # lot, first serial, root, count


def minted(chain: Chain, tag: str = "finalized") -> Minted:
    """Every batch that the contract's events tell of, up to the tagged block."""
    logs = chain.ledger.at(tag).logs(["0x" + abi.event_topic("BatchMinted").hex()])
    events = [abi.event([data(t) for t in log["topics"]], data(log["data"])) for log in logs]
    found = [tuple(event.values.values()) for event in events if event]
    return [
        (lot, first, root, len(holders) // HOLDER_BYTES) for lot, first, root, holders in found
    ]


def reckon(
    chain: Chain, books: Iterable[Entry], acknowledged: Mapping[str, tuple[int, int]]
) -> Reckoning:
    final = minted(chain)
    ours = {(entry.lot, entry.first_serial, entry.root) for entry in books}
    times = Counter(s for _, first, _, size in final for s in range(first, first + size))
    asked = {s for first, size in acknowledged.values() for s in range(first, first + size)}
    roots = {(lot, first): root for lot, first, root, _ in final}
    return Reckoning(
        lost=len(asked - set(times)),
        twice=sum(times.values()) - len(times),
        unfounded=sum(
            entry.count
            for entry in books
            if entry.state == "final" and roots.get((entry.lot, entry.first_serial)) != entry.root
        ),
        unknown=sum(size for *batch, size in final if tuple(batch) not in ours),
    )


def check(world: World) -> None:
    """After the last fault: all that was sealed is final, once, and the audit agrees."""
    reckoning = reckon(world.chain, world.books(), world.acknowledged)
    assert reckoning == NOTHING_WRONG, reckoning
    records = sum(size for *_, size in minted(world.chain))
    assert records == sum(entry.count for entry in world.books())
    assert records == sum(size for _, size in world.acknowledged.values())
    facts = world.chain.ledger.at("finalized").lot(LOT)
    assert facts
    assert facts.minted == records
    assert audit(world.chain.node, world.chain.contract).differences == ()


def nothing_final_that_is_not(world: World) -> None:
    """At any moment, also in the midst of a fault."""
    reckoning = reckon(world.chain, world.books(), {})
    assert (reckoning.unfounded, reckoning.twice, reckoning.unknown) == (0, 0, 0)
