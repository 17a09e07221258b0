"""Follow: keep what the contract's events say became of records, up to the newest final block.

1. Nobody else follows now.
2. The block that we followed last is still the chain's; else everything is read anew.
3. The events after it are kept, span by span, each with the block that it reaches.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog
from sqlalchemy import Engine

from treering.chain.calendar import time_of
from treering.chain.history import Span, first_block, history
from treering.chain.ledger import Ledger
from treering.chain.node import Block, Node
from treering.domain.provenance.search import Pin, Told
from treering.domain.record import TreeId
from treering.domain.recount import events as told
from treering.store.events import RecordEvent, RecordEvents

_EVENTS = ("RecordRevoked", "RecordReplaced", "RecordClaimed", "ClaimReleased")
_AT_ONCE = 0.5  # seconds: others wait for their turn
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Follower:
    """`monotonic` counts seconds."""

    engine: Engine
    ledger: Ledger
    monotonic: Callable[[], float] = time.monotonic

    def step(self) -> bool:
        """Whether there is more to read."""
        final = self.ledger.final_block()
        with self.engine.begin() as connection:
            events = RecordEvents(connection)
            if not events.is_mine():  # (1)
                return False
            first = self._first(events, final)
            reached = self._follow(events, first, final) if first <= final.number else final.number
        return reached < final.number

    def _first(self, events: RecordEvents, final: Block) -> int:
        """The first block that was not read yet."""
        held = events.followed()
        if held is not None and held.block >= final.number:
            return final.number + 1  # nothing is new, or the node lags behind
        if held is not None and not self._stands(held):  # (2)
            _log.warning("the chain that was followed is gone: it is read anew", block=held.block)
            events.forget()
            held = None
        if held is None:
            return first_block(self.ledger.node, self.ledger.contract, final)
        return held.block + 1

    def _stands(self, held: Pin) -> bool:
        return self.ledger.node.block(held.block).hash == held.hash

    def _follow(self, events: RecordEvents, first: int, final: Block) -> int:
        """The last block that was read, in the time that one step has."""
        began = self.monotonic()
        last = first - 1
        node = self.ledger.node
        for span in history(node, self.ledger.contract, first, final, _EVENTS):  # (3)
            last = span.last
            block = final if last == final.number else node.block(last)
            events.keep(_kept(node, span), Pin(last, block.hash, time_of(block)))
            if self.monotonic() - began > _AT_ONCE:
                break
        return last


def _kept(node: Node, span: Span) -> Iterator[RecordEvent]:
    times = {entry.place.block: None for entry in span.entries}
    blocks = {number: time_of(node.block(number)) for number in times}
    for entry in span.entries:
        tree, kind, value = _read(entry.event)
        place = entry.place
        yield RecordEvent(
            block=place.block,
            index=place.index,
            tree=tree,
            kind=kind,
            value=value,
            at=blocks[place.block],
        )


def _read(event: told.Event) -> tuple[TreeId, Told, bytes]:
    match event:
        case told.RecordRevoked():
            return event.tree, Told.REVOKED, event.reason.to_bytes(1, "big")
        case told.RecordReplaced():
            return event.old, Told.REPLACED, event.new.to_bytes(12, "big")
        case told.RecordClaimed():
            return event.tree, Told.CLAIMED, event.commitment
        case told.ClaimReleased():
            return event.tree, Told.RELEASED, event.commitment
    raise AssertionError(f"nobody asked for {type(event).__name__}")
