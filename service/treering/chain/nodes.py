"""Several nodes of one chain as one: the next one answers when one falls silent or behind.

What is sent goes to all of them, since one may swallow it. What is called final must be so
by two of them. A node of another chain than the one they are to belong to is never asked.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import structlog

from treering.chain.node import Block, Chain, Node, Request
from treering.chain.quiet import QuietNode
from treering.errors import ChainUnavailable, NodeRefused, WrongChain

_T = TypeVar("_T")
_log = structlog.get_logger(__name__)
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0  # seconds
_BEHIND = 3  # blocks: further behind the best head seen, a node is of no use
_LACKS = ("not found", "unknown block", "missing", "not available", "pruned")


def node_at(urls: str, *, timeout_seconds: float = 5.0) -> Node:
    """The node at an address, or the nodes at several, separated by commas."""
    places = [url.strip() for url in urls.split(",") if url.strip()]
    nodes = [QuietNode(url, timeout_seconds=timeout_seconds) for url in places]
    return nodes[0] if len(nodes) == 1 else Nodes(nodes)


def _now() -> float:
    return time.monotonic()


class _Health:
    """When a node may be asked again: after 1, 2, 4 … 30 seconds."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.rests_until = 0.0
        self._pause = _FIRST_PAUSE
        self._vetted = False

    def ask(self, ask: Callable[[Node], _T]) -> _T:
        """WrongChain before anything else is asked of a node of another chain.

        Whoever does not say of which chain it is may still know what is asked.
        """
        if not self._vetted:
            with suppress(ChainUnavailable, NodeRefused):
                self.node.vet()
                self._vetted = True
        return ask(self.node)

    def doubt(self) -> None:
        """Whatever answers there may be of another chain by now."""
        self._vetted = False

    def well(self) -> None:
        self._pause = _FIRST_PAUSE
        self.rests_until = 0.0

    def ill(self, why: str) -> None:
        _log.warning("node set aside", node=self.node.name, seconds=self._pause, why=why)
        self.doubt()
        self.rests_until = _now() + self._pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)


class Nodes(Node):
    """Raises ChainUnavailable when none of them answers."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        assert len(nodes) > 1, "one node needs no other"
        self.url = ",".join(node.url for node in nodes)
        self._healths = [_Health(node) for node in nodes]
        self._best_head = 0

    @property
    def members(self) -> Sequence[Node]:
        return [health.node for health in self._healths]

    def belong_to(self, chain: Chain) -> None:
        for health in self._healths:
            health.node.belong_to(chain)
            health.doubt()

    def call(self, method: str, *params: object) -> Any:
        if method == "eth_sendRawTransaction":
            return self._broadcast(*params)
        return self._first(lambda node: node.call(method, *params))

    def calls(self, requests: Sequence[Request]) -> list[Any]:
        assert all(method != "eth_sendRawTransaction" for method, *_ in requests), "sent singly"
        return self._first(lambda node: node.calls(requests))

    def undisputed(self, requests: Sequence[Request]) -> list[Any]:
        """Of all that answer; ChainUnavailable where two of them contradict each other."""
        if not requests:
            return []
        said = self._all(lambda node: node.calls(requests))
        if not said:
            raise ChainUnavailable("no node answers")
        (first, answers), *others = said
        for other, theirs in others:
            if theirs != answers:
                raise ChainUnavailable(f"{first.name} and {other.name} contradict each other")
        return answers

    def block(self, which: int | str) -> Block:
        """A node whose head lies far behind the best one seen is passed over."""
        if which != "latest":
            return super().block(which)
        if not self._best_head:  # whoever is asked first may be the one that lags
            heads = self._all(lambda node: node.block("latest"))
            self._best_head = max((head.number for _, head in heads), default=0)
        return self._first(self._head)

    def final_block(self, confirmations: int | None = None) -> Block:
        """The newest block that two nodes call final, by the same hash."""
        said = self._all(lambda node: node.final_block(confirmations))
        if len(said) < 2:
            raise ChainUnavailable("two nodes must agree on what is final, and one answers")
        newest, held = sorted((block.number, i) for i, (_, block) in enumerate(said))[-2]
        block = said[held][1]
        for i, (node, _) in enumerate(said):
            if i != held and _agrees(node, block):
                return block
        raise ChainUnavailable(f"no two nodes agree on the final block {newest}")

    def close(self) -> None:
        for health in self._healths:
            health.node.close()

    def _head(self, node: Node) -> Block:
        head = node.block("latest")
        if head.number < self._best_head - _BEHIND:
            raise ChainUnavailable(f"its head {head.number} is behind {self._best_head}")
        self._best_head = max(self._best_head, head.number)
        return head

    def _first(self, ask: Callable[[Node], _T]) -> _T:
        """The first useful answer, from those that are well, else from any.

        WrongChain where every one of them is of another chain.
        """
        refused: NodeRefused | None = None
        silent: list[ChainUnavailable | WrongChain] = []
        for health in self._in_order():
            try:
                answer = health.ask(ask)
            except (ChainUnavailable, WrongChain) as error:
                health.ill(str(error))
                silent.append(error)
            except NodeRefused as error:
                if not _lacks(error):
                    raise
                refused = error  # it has not heard of that block yet
            else:
                health.well()
                return answer
        if refused:
            raise refused
        self._best_head = 0  # perhaps the chain itself went back
        strange = [error for error in silent if isinstance(error, WrongChain)]
        raise strange[0] if len(strange) == len(silent) else ChainUnavailable("no node answers")

    def _all(self, ask: Callable[[Node], _T]) -> list[tuple[Node, _T]]:
        answers = []
        for health in self._in_order():
            try:
                answers.append((health.node, health.ask(ask)))
            except (ChainUnavailable, WrongChain) as error:
                health.ill(str(error))
            except NodeRefused as error:
                _log.warning("node refuses", node=health.node.name, why=str(error))
        return answers

    def _broadcast(self, *params: object) -> Any:
        """To all, however ill; the first that took it answers, else the first refusal."""
        refused: NodeRefused | None = None
        taken: list[Any] = []
        for health in self._healths:
            try:
                taken.append(health.ask(lambda n: n.call("eth_sendRawTransaction", *params)))
            except (ChainUnavailable, WrongChain) as error:
                health.ill(str(error))
            except NodeRefused as error:
                refused = refused or error
        if taken:
            return taken[0]
        raise refused or ChainUnavailable("eth_sendRawTransaction: no node answers")

    def _in_order(self) -> list[_Health]:
        """Those that are well in their order, then the ill ones by when they rest no more."""
        now = _now()
        return sorted(self._healths, key=lambda health: max(health.rests_until - now, 0.0))


def _agrees(node: Node, block: Block) -> bool:
    try:
        return node.block(block.number).hash == block.hash
    except (ChainUnavailable, NodeRefused):
        return False


def _lacks(error: NodeRefused) -> bool:
    """Whether a node only lacks what was asked for, so that another may have it."""
    return any(piece in error.message.lower() for piece in _LACKS)
