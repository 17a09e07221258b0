"""Audit: count everything again from the chain alone, and hold the contract to it.

    1. pin one block: every answer is of this block
    2. the contract there is a TreeLedger
    3. replay every log up to that block; rebuild every root
    4. ask the contract for every counter and state that its events tell of
    5. the pinned block still stands

Needs a node and an address; no database and no service of ours. What it cannot see: a log
that the node conceals and that no counter of the contract covers, such as a newest claim.
"""

from collections.abc import Callable
from dataclasses import dataclass

from treering.chain.history import first_block, history
from treering.chain.node import Block, Node
from treering.chain.pinned import PinnedLedger
from treering.domain.recount.expectations import expectations
from treering.domain.recount.replay import Recount
from treering.domain.recount.summary import lot_lines, sum_lines
from treering.errors import PinMoved
from treering.flow.audit_report import AuditReport, Counts


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the replay has come: `block` of `last`, with so many records."""

    block: int
    last: int
    records: int


Watch = Callable[[Progress], None]


def audit(
    node: Node,
    contract: str,
    which: int | str = "finalized",
    watch: Watch = lambda _: None,
) -> AuditReport:
    """The report at a block: a number, "finalized" or another of the node's names for one.

    Raises NotALedger, ChainUnavailable, NodeRefused, LogsIncomplete or PinMoved when the
    audit cannot be made; a difference is never an error.
    """
    return _report(recounted(node, contract, which, watch))


@dataclass(frozen=True, slots=True)
class Recounted:
    """A recount that was held to the contract, which gave so many answers."""

    recount: Recount
    ledger: PinnedLedger
    answers: int


def recounted(node: Node, contract: str, which: int | str, watch: Watch) -> Recounted:
    """The recount itself, its books included; raises as `audit` does."""
    pinned = node.block(which)  # (1)
    ledger = PinnedLedger(node, contract, pinned)  # (2)
    recount = _replayed(node, contract, pinned, watch)  # (3)
    answers = _compare(recount, ledger)  # (4)
    if not ledger.still_stands():  # (5)
        raise PinMoved(f"block {pinned.number} no longer has hash 0x{pinned.hash.hex()}")
    return Recounted(recount, ledger, answers)


def _replayed(node: Node, contract: str, pinned: Block, watch: Watch) -> Recount:
    recount = Recount()
    first = first_block(node, contract, pinned)
    for span in history(node, contract, first, pinned):
        for entry in span.entries:
            recount.take(entry)
        watch(Progress(span.last, pinned.number, recount.books.minted))
    return recount


def _compare(recount: Recount, ledger: PinnedLedger) -> int:
    """Note where the contract answers otherwise; how many values it was asked for."""
    answers = 0
    for expectation in expectations(recount.books):
        found = ledger.ask(expectation.view, *expectation.arguments)
        answers += len(found)
        for difference in expectation.differences(found):
            recount.note(difference)
    return answers


def _report(made: Recounted) -> AuditReport:
    recount, ledger = made.recount, made.ledger
    books = recount.books
    return AuditReport(
        contract=ledger.contract,
        chain_id=ledger.chain_id,
        code_hash=ledger.code_hash,
        is_release=ledger.is_release,
        block=ledger.block,
        counts=Counts(
            events=recount.events,
            batches=len(books.batches),
            records=books.minted,
            answers=made.answers,
            differences=recount.found,
        ),
        sums=sum_lines(books),
        lots=lot_lines(books),
        differences=tuple(recount.differences),
    )
