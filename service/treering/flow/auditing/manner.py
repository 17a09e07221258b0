"""The manners in which an audit may be made. None of them changes what it finds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from treering.chain.node import Node
from treering.flow.auditing.checkpoint import Checkpoint
from treering.flow.auditing.rooter import Rooters


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the replay has come: `block` of `last`, with so many records."""

    block: int
    last: int
    records: int


Watch = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """`others` are nodes that must tell the same; `transactions` says whether to read them.

    `rooters` rebuild roots on other cores; `checkpoint` is where a killed audit goes on.
    """

    others: Sequence[Node] = ()
    transactions: bool = False
    rooters: Rooters = field(default_factory=Rooters)
    checkpoint: Checkpoint | None = None
