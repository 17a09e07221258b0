"""Audit: count everything again from the chain alone, and hold the contract to it.

    1. pin one block: every answer is of this block
    2. the contract there is a TreeLedger
    3. replay every log up to that block; rebuild every root
    4. ask the contract for every counter and state that its events tell of
    5. the pinned block still stands

Needs a node and an address; no database and no service of ours. What it cannot see by one
node: a log that it conceals and that no counter of the contract covers, such as a newest claim.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import tee

from treering.chain.history import first_block, history
from treering.chain.node import Block, Node
from treering.chain.pinned import PinnedLedger
from treering.domain.recount.expectations import expectations
from treering.domain.recount.replay import Recount
from treering.domain.recount.summary import lot_lines, sum_lines
from treering.domain.recount.testimony import Domain
from treering.errors import CheckpointUnusable, PinMoved, ProvidersDisagree
from treering.flow.auditing.checkpoint import Binding, Held
from treering.flow.auditing.manner import Manner, Progress, Watch
from treering.flow.auditing.replay import plain, replay, with_acts
from treering.flow.auditing.report import Acts, AuditReport, Counts

__all__ = ["Manner", "Progress", "Recounted", "Watch", "audit", "recounted", "report_of"]


def audit(
    node: Node,
    contract: str,
    which: int | str = "finalized",
    watch: Watch = lambda _: None,
    manner: Manner | None = None,
) -> AuditReport:
    """The report at a block: a number, "finalized" or another of the node's names for one.

    Raises NotALedger, ChainUnavailable, NodeRefused, LogsIncomplete, ProvidersDisagree,
    CheckpointUnusable or PinMoved when the audit cannot be made; a difference is never an
    error.
    """
    return report_of(recounted(node, contract, which, watch, manner))


@dataclass(frozen=True, slots=True)
class Recounted:
    """A recount that was held to the contract, which gave so many answers."""

    held: Held
    ledger: PinnedLedger
    answers: int
    manner: Manner

    @property
    def recount(self) -> Recount:
        return self.held.recount


def recounted(
    node: Node,
    contract: str,
    which: int | str,
    watch: Watch,
    manner: Manner | None = None,
) -> Recounted:
    """The recount itself, its books included; raises as `audit` does."""
    manner = manner or Manner()
    nodes = [node, *manner.others]
    pinned = _pinned(nodes, _which(manner, which))  # (1)
    ledger = PinnedLedger(node, contract, pinned)  # (2)
    for other in manner.others:
        _check_code(PinnedLedger(other, contract, pinned), ledger)
    held = _replayed(nodes, ledger, watch, manner)  # (3)
    answers = _compare(held.recount, ledger)  # (4)
    if not ledger.still_stands():  # (5)
        raise PinMoved(f"block {pinned.number} no longer has hash 0x{pinned.hash.hex()}")
    if manner.checkpoint:
        manner.checkpoint.done()
    return Recounted(held, ledger, answers, manner)


def _which(manner: Manner, which: int | str) -> int | str:
    """The block of the audit that goes on, where one was begun."""
    begun = manner.checkpoint.pinned() if manner.checkpoint else None
    if begun is not None and isinstance(which, int) and which != begun:
        raise CheckpointUnusable(f"it is of block {begun}, not of {which}")
    return which if begun is None else begun


def _pinned(nodes: Sequence[Node], which: int | str) -> Block:
    """One block that all nodes have, by one hash: the lowest that they call so."""
    told = [node.block(which) for node in nodes]
    pinned = min(told, key=lambda block: block.number)
    for node in nodes[1:]:
        found = node.block(pinned.number).hash
        expected = nodes[0].block(pinned.number).hash
        if found != expected:
            said = f"0x{expected.hex()} by {nodes[0].name}, 0x{found.hex()} by {node.name}"
            raise ProvidersDisagree(f"block {pinned.number} is {said}")
    return pinned


def _check_code(other: PinnedLedger, ledger: PinnedLedger) -> None:
    if (other.chain_id, other.code_hash) != (ledger.chain_id, ledger.code_hash):
        raise ProvidersDisagree(
            f"the contract's code is 0x{ledger.code_hash.hex()} on chain {ledger.chain_id}, "
            f"and 0x{other.code_hash.hex()} on chain {other.chain_id}"
        )


def _replayed(nodes: Sequence[Node], ledger: PinnedLedger, watch: Watch, manner: Manner) -> Held:
    pinned, contract, node = ledger.block, ledger.contract, nodes[0]
    binding = _binding(ledger, manner)
    held = manner.checkpoint.held(binding) if manner.checkpoint else None
    if held is None:
        held = Held(Recount(), first_block(node, contract, pinned) - 1, bytes(32))

    def kept() -> None:
        watch(Progress(held.block, pinned.number, held.recount.books.minted))
        if manner.checkpoint:
            manner.checkpoint.keep(binding, held)

    spans = history(node, contract, held.block + 1, pinned, others=nodes[1:], digest=held.digest)
    domain = Domain(ledger.chain_id, contract)
    steps = with_acts(spans, node, domain) if manner.transactions else plain(spans)
    try:
        replay(held, steps, manner.rooters, kept)
    finally:
        manner.rooters.close()
    return held


def _binding(ledger: PinnedLedger, manner: Manner) -> Binding:
    return Binding(
        chain_id=ledger.chain_id,
        contract=ledger.contract.lower(),
        block=ledger.block.number,
        block_hash=ledger.block.hash.hex(),
        transactions=manner.transactions,
    )


def _compare(recount: Recount, ledger: PinnedLedger) -> int:
    """Note where the contract answers otherwise; how many values it was asked for."""
    expected, asked = tee(expectations(recount.books))
    questions = ((expectation.view, expectation.arguments) for expectation in asked)
    answers = 0
    for expectation, found in zip(expected, ledger.ask_all(questions), strict=True):
        answers += len(found)
        for difference in expectation.differences(found):
            recount.note(difference)
    return answers


def report_of(made: Recounted) -> AuditReport:
    recount, ledger = made.recount, made.ledger
    books = recount.books
    return AuditReport(
        contract=ledger.contract,
        chain_id=ledger.chain_id,
        code_hash=ledger.code_hash,
        is_release=ledger.is_release,
        block=ledger.block,
        logs_hash=made.held.digest,
        nodes=1 + len(made.manner.others),
        acts=Acts(*made.held.acts) if made.manner.transactions else None,
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
