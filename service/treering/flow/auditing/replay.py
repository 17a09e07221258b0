"""The replay: spans of logs → the recount, transactions held against them where asked for.

A span is taken whole or not at all as far as a checkpoint is concerned: what is found in its
transactions is noted at its end.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from treering.chain.history import Span
from treering.chain.node import Node, data
from treering.chain.transactions import Sent, sent
from treering.domain.recount.calls import held_to
from treering.domain.recount.difference import Code, Difference
from treering.domain.recount.events import Entry
from treering.domain.recount.testimony import Domain
from treering.flow.auditing.checkpoint import Held
from treering.flow.auditing.rooter import Rooters


@dataclass(frozen=True, slots=True)
class Mark:
    """A span's end; `acts` are how many transactions came directly and by other contracts."""

    last: int
    digest: bytes
    found: tuple[Difference, ...] = ()
    acts: tuple[int, int] = (0, 0)


def replay(
    held: Held, steps: Iterable[Entry | Mark], rooters: Rooters, kept: Callable[[], None]
) -> None:
    """Everything into `held`; `kept` is called after each span."""
    for step in rooters.rebuilt(steps):
        if isinstance(step, Entry):
            held.recount.take(step)
            continue
        for difference in step.found:
            held.recount.note(difference)
        held.block, held.digest = step.last, step.digest
        held.acts = (held.acts[0] + step.acts[0], held.acts[1] + step.acts[1])
        kept()


def plain(spans: Iterable[Span]) -> Iterator[Entry | Mark]:
    """The logs alone."""
    for span in spans:
        yield from span.entries
        yield Mark(span.last, span.digest)


def with_acts(spans: Iterable[Span], node: Node, domain: Domain) -> Iterator[Entry | Mark]:
    """Each entry with its sender, and what the transactions' calls say otherwise."""
    reader = _Acts(node, domain)
    for span in spans:
        acts = sent(node, domain.contract, (e.place.transaction for e in span.entries))
        found = tuple(reader.held(span.entries, acts))
        for entry in span.entries:
            act = acts[entry.place.transaction]
            yield replace(entry, sender=act.sender) if act.call else entry
        direct = sum(act.call is not None for act in acts.values())
        yield Mark(span.last, span.digest, found, (direct, len(acts) - direct))


@dataclass(slots=True)
class _Acts:
    node: Node
    domain: Domain

    def held(self, entries: list[Entry], acts: dict[bytes, Sent]) -> Iterator[Difference]:
        for transaction, group in groupby(entries, lambda entry: entry.place.transaction):
            call, together = acts[transaction].call, list(group)
            if call is None:
                continue
            events = [entry.event for entry in together]
            for difference in held_to(call, events, self.domain):
                if not self._vouches_itself(difference):
                    yield replace(difference, place=together[0].place)

    def _vouches_itself(self, difference: Difference) -> bool:
        """Whether the inspector is a contract, whose own code judged the signature (EIP-1271)."""
        if difference.code is not Code.STATEMENT_SIGNATURE:
            return False
        return any(data(self.node.call("eth_getCode", difference.expected, "latest")))
