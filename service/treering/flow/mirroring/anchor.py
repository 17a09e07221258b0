"""Anchor the mirror's heads on the ledger: whoever signed them, and we who kept them, can take
nothing back of it. The ledger knows a feed as keccak256 of its origin."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from treering.chain.feed_heads import FeedHeads
from treering.domain.registry_head import feed_id
from treering.errors import MirrorDamaged
from treering.store.mirror import Mirror

_PAGE = 10_000  # entries that are read at once


@dataclass(frozen=True, slots=True)
class Anchored:
    """What the ledger holds of a feed: the head of `size` entries, 0 for none yet."""

    feed: str
    size: int
    root: bytes


def anchored(heads: FeedHeads, origin: str) -> Anchored:
    """ChainUnavailable, NodeRefused."""
    return Anchored(origin, *heads.held(feed_id(origin)))


def anchor(engine: Engine, heads: FeedHeads, origin: str) -> bool:
    """Our newest head of this feed on the ledger; whether there was anything to anchor.

    MirrorDamaged if the ledger holds another root for a size that we verified. A ledger that is
    ahead of us was told by another of our processes, or before our books were restored.
    """
    on_chain = anchored(heads, origin)
    with engine.connect() as connection:
        held = Mirror(connection, origin).held()
        if held is None:
            return False
        check(connection, on_chain)
    if held.head.size <= on_chain.size:
        return False
    heads.anchor(feed_id(origin), held.head.size, held.head.root)
    return True


def check(connection: Connection, on_chain: Anchored) -> None:
    """MirrorDamaged unless our entries begin with those that the ledger holds the head of; as far
    as we have them: a mirror that was restored from a backup may have verified no such head."""
    mirror, held = Mirror(connection, on_chain.feed), on_chain.size
    if not held:
        return
    ours = mirror.head_of(held)
    root = ours.root if ours else _root(mirror, held)
    if root is not None and root != on_chain.root:
        raise MirrorDamaged(
            f"{on_chain.feed}: the ledger holds 0x{on_chain.root.hex()} for {held} entries, "
            f"we 0x{root.hex()}"
        )


def _root(mirror: Mirror, size: int) -> bytes | None:
    """Over the first entries that we hold, from the last head before; None if we hold fewer."""
    frontier = mirror.frontier_before(size)
    while frontier.size < size:
        more = mirror.entries(frontier.size, min(size, frontier.size + _PAGE))
        if not more:
            return None
        frontier = frontier.appended(more)
    return frontier.root
