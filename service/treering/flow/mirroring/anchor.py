"""Anchor the mirror's heads on the ledger: whoever signed them, and we who kept them, can take
nothing back of it. The ledger knows a feed as keccak256 of its origin."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from treering.chain.feed_heads import FeedHeads
from treering.domain.registry_head import TreeHead, feed_id
from treering.errors import MirrorDamaged
from treering.store.mirror import Mirror


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


def check(connection: Connection, on_chain: Anchored) -> TreeHead | None:
    """Our head of the anchored size, where we verified one; MirrorDamaged if it is another."""
    ours = Mirror(connection, on_chain.feed).head_of(on_chain.size) if on_chain.size else None
    if ours is not None and ours.root != on_chain.root:
        raise MirrorDamaged(
            f"{on_chain.feed}: the ledger holds 0x{on_chain.root.hex()} for {ours.size} entries, "
            f"we 0x{ours.root.hex()}"
        )
    return ours
