"""One Ethereum node over JSON-RPC.

A small client of our own, because web3's provider repeats `eth_sendRawTransaction` by
itself, follows off-chain look-ups and takes an answer to another request for ours.
Nothing is retried here: the caller knows what may be repeated.
"""

import itertools
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from treering.errors import ChainUnavailable, NodeRefused, WrongChain

_T = TypeVar("_T")
Request = tuple[Any, ...]  # a method and its parameters
Chain = tuple[int, bytes]  # its id and the hash of its first block
_JSON = {"content-type": "application/json"}
# What the environment says of proxies is not meant for this machine itself.
NO_PROXY: dict[str, httpx.BaseTransport | None] = {
    "all://127.0.0.1": None,
    "all://localhost": None,
}
_ANSWERS_WITHIN = 6  # timeouts: a node that drips must not hold us for ever
_NO_ANSWER = (
    httpx.HTTPError,
    httpx.InvalidURL,
    msgspec.DecodeError,
    UnicodeDecodeError,
    RecursionError,  # brackets without end
)


@dataclass(frozen=True, slots=True)
class Block:
    """A block's number, its 32-byte hash and its time in Unix seconds; fees in wei."""

    number: int
    hash: bytes
    timestamp: int
    base_fee: int = 0
    gas_limit: int = 0

    @classmethod
    def from_json(cls, answer: dict[str, Any]) -> Self:
        return cls(
            number=quantity(answer["number"]),
            hash=data(answer["hash"]),
            timestamp=quantity(answer["timestamp"]),
            base_fee=quantity(answer.get("baseFeePerGas", "0x0")),
            gas_limit=quantity(answer["gasLimit"]),
        )

    @property
    def place(self) -> dict[str, object]:
        """As a view is asked at exactly this block; it must still be in the chain (EIP-1898)."""
        return {"blockHash": "0x" + self.hash.hex(), "requireCanonical": True}


class AnswerTooLarge(httpx.RemoteProtocolError):
    """The node's answer did not end where it should: an endless one would fill the memory."""


class Node:
    """Raises ChainUnavailable when nothing useful came back, NodeRefused on the node's own no.

    `timeout_seconds` bounds every wait for the next bytes, and six times as much an answer.
    """

    _chain: Chain | None = None

    def __init__(
        self, url: str, *, timeout_seconds: float = 5.0, max_bytes: int = 1 << 30
    ) -> None:
        self.url = url
        self._max_bytes = max_bytes
        limits = httpx.Timeout(timeout_seconds, connect=2.0)
        self._patience = _ANSWERS_WITHIN * timeout_seconds
        self._client = httpx.Client(
            timeout=limits, follow_redirects=False, mounts=NO_PROXY, verify=_tls()
        )
        self._ids = itertools.count(1)

    @property
    def name(self) -> str:
        """Its host and port alone: what else the address holds may be a key."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def members(self) -> "Sequence[Node]":
        """The nodes that answer here: itself, or those that it speaks for."""
        return (self,)

    def belong_to(self, chain: Chain) -> None:
        """Hold it to this chain from now on, whenever `vet` is called."""
        self._chain = chain

    def vet(self) -> None:
        """WrongChain if it answers for another chain than the one that it is to belong to."""
        if self._chain is None:
            return
        chain_id, first = self.calls([("eth_chainId",), ("eth_getBlockByNumber", "0x0", False)])
        found = quantity(chain_id), understood(lambda: data(first["hash"]))
        if found != self._chain:
            raise WrongChain(
                f"{self.name} is a node of {_named(found)}, not {_named(self._chain)}"
            )

    def call(self, method: str, *params: object) -> Any:
        """The `result` of one request, as JSON gave it."""
        body = self._body(method, params)
        return _result(method, body, self._post(method, body))

    def calls(self, requests: Sequence[Request]) -> list[Any]:
        """The results of many requests in their order, in one exchange with the node.

        A node that knows no JSON-RPC arrays is asked one by one.
        """
        if not requests:
            return []
        bodies = [self._body(method, params) for method, *params in requests]
        told = f"{len(requests)} requests"
        answers = self._post(told, bodies)
        if not isinstance(answers, list):
            return [self.call(method, *params) for method, *params in requests]
        by_id = {answer.get("id"): answer for answer in answers if isinstance(answer, dict)}
        return [_result(str(body["method"]), body, by_id.get(body["id"])) for body in bodies]

    def undisputed(self, requests: Sequence[Request]) -> list[Any]:
        """As `calls`; where several nodes are asked, none of them may say otherwise."""
        return self.calls(requests)

    def final_block(self, confirmations: int | None = None) -> Block:
        """The newest block that cannot vanish, by the network's own word.

        Where the node has no such word, and only if `confirmations` are given, the block that
        so many others follow.
        """
        try:
            return self.block("finalized")
        except (ChainUnavailable, NodeRefused):
            if confirmations is None:
                raise
        return self.block(max(self.block("latest").number - confirmations, 0))

    def block(self, which: int | str) -> Block:
        """The block of this number, or "latest", "finalized", …"""
        tag = hex(which) if isinstance(which, int) else which
        answer = self.call("eth_getBlockByNumber", tag, False)
        if answer is None:
            raise ChainUnavailable(f"the node has no block {which}")
        return understood(lambda: Block.from_json(answer))

    def read(self, to: str, call_data: bytes, at: Block) -> bytes:
        """What a view answers at exactly this block."""
        answer = self.call("eth_call", {"to": to, "data": "0x" + call_data.hex()}, at.place)
        return understood(lambda: data(answer))

    def close(self) -> None:
        self._client.close()

    def _body(self, method: str, params: Sequence[object]) -> dict[str, object]:
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}

    def _post(self, method: str, body: object) -> Any:
        request = msgspec.json.encode(body)
        try:
            with self._client.stream("POST", self.url, content=request, headers=_JSON) as response:
                response.raise_for_status()
                return msgspec.json.decode(self._whole(response))
        except _NO_ANSWER as error:
            raise ChainUnavailable(f"{method}: {_why(error)}") from error

    def _whole(self, response: httpx.Response) -> bytearray:
        received = bytearray()
        deadline = time.monotonic() + self._patience
        for part in response.iter_bytes():
            received += part
            if len(received) > self._max_bytes:
                raise AnswerTooLarge(f"more than {self._max_bytes} bytes")
            if time.monotonic() > deadline:
                raise httpx.ReadTimeout(f"no whole answer within {self._patience:.0f} s")
        return received


def _named(chain: Chain) -> str:
    return f"chain {chain[0]} that began with 0x{chain[1].hex()}"


def _why(error: Exception) -> str:
    """Without the node's address, which may hold a provider's key."""
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP status {error.response.status_code}"
    return f"{type(error).__name__}: {error}"


@cache
def _tls() -> ssl.SSLContext:
    """Once a process: reading the world's certificates takes 30 ms."""
    return httpx.create_ssl_context()


def quantity(text: str) -> int:
    """A JSON-RPC QUANTITY such as 0x1f; ChainUnavailable if it is none."""
    return understood(lambda: int(text, 16))


def data(text: str) -> bytes:
    """JSON-RPC DATA such as 0x00ff; ChainUnavailable if it is none."""
    return understood(lambda: bytes.fromhex(text.removeprefix("0x")))


def understood(read: Callable[[], _T]) -> _T:
    """What `read` makes of an answer; ChainUnavailable if the answer has another shape."""
    try:
        return read()
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ChainUnavailable(f"an answer of unexpected shape: {error!r}") from error


def _result(method: str, body: dict[str, object], answer: Any) -> Any:
    if not isinstance(answer, dict) or answer.get("id") != body["id"]:
        raise ChainUnavailable(f"{method}: the node answered another request")
    if error := answer.get("error"):
        raise _refusal(method, error)
    if "result" not in answer:
        raise ChainUnavailable(f"{method}: neither a result nor an error")
    return answer["result"]


def _refusal(method: str, error: Any) -> ChainUnavailable | NodeRefused:
    if not isinstance(error, dict):
        return ChainUnavailable(f"{method}: {error!r}")
    details = error.get("data")
    return NodeRefused(
        method, str(error.get("message")), details if isinstance(details, str) else None
    )
