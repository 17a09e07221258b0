"""Anchor the mirror's heads on the ledger: whoever signed them, and we who kept them, can take
nothing back of it. The ledger knows a feed as keccak256 of its origin."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from treering.chain.feed_heads import FeedHeads
from treering.domain.contradiction import State
from treering.domain.registry_head import HeldHead, feed_id
from treering.errors import MirrorBehind, MirrorDamaged
from treering.flow.mirroring.state import on_ledger
from treering.store import contradictions
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


def anchor(
    engine: Engine, heads: FeedHeads, origin: str, clock: Callable[[], datetime], *, may: bool
) -> bool:
    """Our newest head of this feed on the ledger, if we `may`; whether there was any to anchor.

    MirrorDamaged if the ledger holds another root for a size that we verified, MirrorBehind if we
    hold less than it has the head of; both are told, and check 8 is UNKNOWN until they end.
    """
    on_chain = anchored(heads, origin)
    held, fault = _held_against(engine, on_chain)
    _tell(engine, origin, fault, clock())
    if fault:
        raise fault
    if not may or held is None or held.head.size <= on_chain.size:
        return False
    heads.anchor(feed_id(origin), held.head.size, held.head.root)
    return True


def _held_against(
    engine: Engine, on_chain: Anchored
) -> tuple[HeldHead | None, MirrorDamaged | None]:
    """Our head, and what is wrong with it by what the ledger held before we looked."""
    with engine.connect() as connection:
        try:
            held = Mirror(connection, on_chain.feed).held()
            check(connection, on_chain)
        except MirrorDamaged as error:
            return None, error
    size = held.head.size if held else 0
    if size < on_chain.size:
        why = (
            f"{on_chain.feed}: the ledger has the head of {on_chain.size} entries, we hold {size}"
        )
        return held, MirrorBehind(why)
    return held, None


def _tell(engine: Engine, origin: str, fault: MirrorDamaged | None, now: datetime) -> None:
    state = State.BEHIND if isinstance(fault, MirrorBehind) else State.DAMAGED
    state, code = (state, fault.code) if fault else (State.GOOD, "")
    with engine.begin() as connection:
        contradictions.tell(
            connection, on_ledger(origin), state, code=code, why=str(fault or ""), now=now
        )


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
