"""The chain's side of a reconciliation: every event up to one block, laid beside our tables.

Lots are kept here, there are few of them; batches, claims and revocations go to the stage as
they come, so that memory does not grow with them. Every batch's root is rebuilt.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from treering.chain.history import first_block, history
from treering.chain.node import Block, Node
from treering.chain.pinned import PinnedLedger
from treering.domain.merkle import batch_root
from treering.domain.record import HOLDER_BYTES, LotId, TreeId, lot_of, serial_of, tree_id
from treering.domain.recount import events as told
from treering.domain.recount.books import LotBook, Terms
from treering.domain.recount.difference import lot_name
from treering.domain.stage import Stage as Statement
from treering.errors import ChainDisagrees
from treering.flow.auditing.audit import Progress, Watch
from treering.store.stage import Stage

_MINTED, _REVOKED = 8, 9  # among the answers of lotOf, a struct's fields counted singly
_GREATEST_LOT = 2**63 - 1  # what our database can hold
_TOUCHES = (told.RecordClaimed, told.ClaimReleased, told.RecordRevoked)


@dataclass(slots=True)
class ChainSide:
    """`lots` as the events left them; `records` and `batches` count what was minted."""

    stage: Stage
    lots: dict[LotId, LotBook] = field(default_factory=dict)
    batches: int = 0
    records: int = 0
    _seq: int = 0

    def read(self, node: Node, contract: str, pinned: Block, watch: Watch) -> None:
        """Raises what `history` does, and ChainDisagrees."""
        first = first_block(node, contract, pinned)
        for span in history(node, contract, first, pinned):
            try:
                self._take(span.entries)
            except (KeyError, ValueError) as error:
                raise ChainDisagrees(f"up to block {span.last}: {error!r}") from error
            watch(Progress(span.last, pinned.number, self.records))

    def read_since(self, node: Node, contract: str, pinned: Block) -> None:
        """What the chain has touched between the pinned block and its head."""
        head = node.block("latest")
        for span in history(node, contract, pinned.number + 1, head):
            self.stage.moving(touched([entry.event for entry in span.entries]))

    def check(self, ledger: PinnedLedger) -> None:
        """ChainDisagrees, unless the contract's counters are the sums of its events."""
        for lot, book in self.lots.items():
            answers = ledger.ask("lotOf", lot)
            counted = answers[_MINTED], answers[_REVOKED]
            if counted != (book.minted, book.revoked):
                said = f"{counted[0]} minted and {counted[1]} revoked"
                events = f"its events tell of {book.minted} and {book.revoked}"
                raise ChainDisagrees(f"{lot_name(lot)}: {said}, {events}; see treering audit")

    def is_minted(self, tree: TreeId) -> bool:
        book = self.lots.get(lot_of(tree))
        return book is not None and serial_of(tree) < book.next_serial

    def _take(self, entries: Iterable[told.Entry]) -> None:
        events = [entry.event for entry in entries]
        minted = [event for event in events if isinstance(event, told.BatchMinted)]
        for event in events:
            if act := _ACTS.get(type(event)):
                act(self.lots, event)
        self.stage.batches(list(self._batches(minted)))
        self.stage.claims(list(self._claims(entries)))
        self.stage.revoked(list(revoked(events)))

    def _batches(
        self, minted: Iterable[told.BatchMinted]
    ) -> Iterator[tuple[int, int, int, bytes, bytes]]:
        for event in minted:
            if event.lot > _GREATEST_LOT:
                raise ChainDisagrees(f"{lot_name(event.lot)}: no lot has such a number")
            root = batch_root(tree_id(event.lot, event.first_serial), event.holders)
            if root != event.root:
                raise ChainDisagrees(f"{lot_name(event.lot)}: a batch's event has another root")
            count = len(event.holders) // HOLDER_BYTES
            self.batches += 1
            self.records += count
            yield event.lot, event.first_serial, count, root, event.holders

    def _claims(
        self, entries: Iterable[told.Entry]
    ) -> Iterator[tuple[int, int, int, bytes | None, bytes | None]]:
        for entry in entries:
            event, self._seq = entry.event, self._seq + 1
            if isinstance(event, told.RecordClaimed):
                yield self._seq, event.tree, entry.place.block, event.commitment, None
            elif isinstance(event, told.ClaimReleased):
                yield self._seq, event.tree, entry.place.block, None, event.commitment


def revoked(events: Iterable[told.Event]) -> Iterator[TreeId]:
    """Replaced ones included."""
    for event in events:
        if isinstance(event, told.RecordRevoked):
            yield event.tree
        elif isinstance(event, told.RecordReplaced):
            yield event.old


def touched(events: Iterable[told.Event]) -> Iterator[TreeId]:
    """Records whose use may have changed."""
    for event in events:
        if isinstance(event, _TOUCHES):
            yield event.tree
        elif isinstance(event, told.RecordReplaced):
            yield event.old


Lots = dict[LotId, LotBook]


def _opened(lots: Lots, event: told.LotOpened) -> None:
    terms = Terms(event.site, event.species, event.year, event.unit, event.dossier)
    lots[event.lot] = LotBook(terms)


def _stated(lots: Lots, event: told.Stated) -> None:
    lots[event.lot].counts[Statement(event.stage)] = event.new_count


def _minted(lots: Lots, event: told.BatchMinted) -> None:
    book = lots[event.lot]
    book.minted += len(event.holders) // HOLDER_BYTES
    book.next_serial = event.first_serial + len(event.holders) // HOLDER_BYTES


def _revoked(lots: Lots, event: told.RecordRevoked) -> None:
    lots[lot_of(event.tree)].revoked += 1


def _replaced(lots: Lots, event: told.RecordReplaced) -> None:
    lots[lot_of(event.old)].revoked += 1


# The contract has checked every rule; that none was broken behind it is treering audit's work.
_ACTS: dict[type[told.Event], Callable[..., None]] = {
    told.LotOpened: _opened,
    told.Stated: _stated,
    told.BatchMinted: _minted,
    told.RecordRevoked: _revoked,
    told.RecordReplaced: _replaced,
}
