"""What a node answered at one block, asked once: nothing changes under a block's hash.

Carried over to a later block, what is written once stays known for good; what may have changed
is asked again for whatever was of use a moment ago, many questions in one exchange.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any

import msgspec

from treering.chain import abi
from treering.chain.node import Block, Node, Request, data, understood
from treering.errors import ChainUnavailable, NodeRefused

KEPT = 8192  # answers; most have 32 to 320 bytes
CARRIED = 1000  # answers asked again at a new block, which is once in some seconds or minutes
OF_USE_SECONDS = 60.0
_AT_ONCE = 100  # questions in one exchange: what most providers take
_ROOT_OF = abi.call_data("rootOf", 0)[:4]

_Key = tuple[str, bytes]  # what was asked, and its parameters


class Recalled(Node):
    """`node` at `block`: it is asked only what it has not told before.

    `is_well` says whether it makes sense to ask at all; ChainUnavailable where it does not.
    """

    def __init__(
        self,
        node: Node,
        block: Block,
        is_well: Callable[[], bool] = lambda: True,
        now: Callable[[], float] = time.monotonic,
        room: int = KEPT,
    ) -> None:
        self._node = node
        self._block = block
        self._is_well = is_well
        self._now = now
        self._room = room
        self._lock = Lock()
        self._kept: OrderedDict[_Key, tuple[Any, float]] = OrderedDict()

    def read(self, to: str, call_data: bytes, at: Block) -> bytes:
        assert at == self._block, "a memory is of one block"
        answer: bytes = self._told((to, call_data), lambda: self._node.read(to, call_data, at))
        return answer

    def call(self, method: str, *params: object) -> Any:
        """Logs up to the block are remembered, all else is asked each time."""
        if method != "eth_getLogs":
            return self._asked(lambda: self._node.call(method, *params))
        key = (method, msgspec.json.encode(params))
        return self._told(key, lambda: self._node.call(method, *params))

    def block(self, which: int | str) -> Block:
        found: Block = self._asked(lambda: self._node.block(which))
        return found

    def at(self, block: Block) -> "Recalled":
        """The same at a later block. A node that does not answer so many questions at once is
        asked them one by one, when somebody wants to know."""
        later = Recalled(self._node, block, self._is_well, self._now, self._room)
        later._kept.update(self._for_good())
        try:
            for key, answer in self._asked_again(block, later._kept):
                later._kept[key] = answer, self._kept[key][1]
        except (ChainUnavailable, NodeRefused):
            pass
        return later

    def _for_good(self) -> dict[_Key, tuple[Any, float]]:
        """Roots: written once, and never changed."""
        with self._lock:
            return {key: told for key, told in self._kept.items() if _is_for_good(key, told[0])}

    def _asked_again(self, block: Block, known: Any) -> Iterator[tuple[_Key, bytes]]:
        since = self._now() - OF_USE_SECONDS
        with self._lock:
            views = [
                key
                for key, (_, used) in reversed(self._kept.items())
                if key[0] != "eth_getLogs" and key not in known and used > since
            ][:CARRIED]
        for first in range(0, len(views), _AT_ONCE):
            some = views[first : first + _AT_ONCE]
            told = self._node.calls([_request(key, block) for key in some])
            for key, answer in zip(some, told, strict=True):
                yield key, _bytes(answer)

    def _told(self, key: _Key, ask: Callable[[], Any]) -> Any:
        with self._lock:
            known = self._kept.get(key)
            if known:
                self._kept[key] = known[0], self._now()
                self._kept.move_to_end(key)
                return known[0]
        answer = self._asked(ask)
        with self._lock:
            self._kept[key] = answer, self._now()
            if len(self._kept) > self._room:
                self._kept.popitem(last=False)
        return answer

    def _asked(self, ask: Callable[[], Any]) -> Any:
        if not self._is_well():
            raise ChainUnavailable("the node is silent just now")
        return ask()


def _is_for_good(key: _Key, answer: Any) -> bool:
    return key[1][:4] == _ROOT_OF and isinstance(answer, bytes) and any(answer)


def _bytes(answer: Any) -> bytes:
    return understood(lambda: data(answer))


def _request(key: _Key, block: Block) -> Request:
    where = {"blockHash": "0x" + block.hash.hex(), "requireCanonical": True}
    return ("eth_call", {"to": key[0], "data": "0x" + key[1].hex()}, where)
