"""All that the proxy may do to a request instead of passing it on: `MODES`, by their names."""

import json
from collections.abc import Callable
from threading import Event
from typing import Any, Protocol

from treering.domain.keccak import keccak

Message = dict[str, Any]
Ask = Callable[[Message], Message]
HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
_FOR_EVER = 60.0  # longer than any test's patience; a proxy that is closed lets go at once


class Rule(Protocol):
    """What a mode reads of its rule."""

    @property
    def value(self) -> Any: ...


class Truth(Protocol):
    """What a mode needs of the proxy: the true answer, and to know that all is over."""

    @property
    def closing(self) -> Event: ...
    def forward(self, request: Message) -> Message: ...


Mode = Callable[[Rule, Truth, Ask, Message], Message]


class Trouble(Exception):
    """What befalls the connection instead of an answer."""


class Silence(Trouble):
    """The connection ends without an answer."""


class Reset(Trouble):
    """The connection is reset (RST)."""


class HttpStatus(Trouble):
    """An HTTP status, and headers, without a useful body."""


class Body(Trouble):
    """These bytes with status 200."""


def with_id(request: Message, **members: Any) -> Message:
    """A JSON-RPC answer to the request, with a result or an error."""
    return {"jsonrpc": "2.0", "id": request["id"], **members}


def _drop_after(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    ask(request)
    raise Silence


def _reset_before(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    raise Reset


def _hang(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    proxy.closing.wait(rule.value or _FOR_EVER)
    raise Silence


def _http(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    """`value`: a status, or a status and headers."""
    status, headers = rule.value if isinstance(rule.value, tuple) else (rule.value, {})
    raise HttpStatus(status, headers)


def _garbage(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    raise Body(rule.value or HTML)


def _truncate(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    whole = json.dumps(ask(request)).encode()
    raise Body(whole[: len(whole) // 2])


def _dup(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    first = ask(request)
    ask(request)
    return first


def _blackhole(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    """The hash of the transaction, which goes nowhere."""
    raw = bytes.fromhex(request["params"][0].removeprefix("0x"))
    return with_id(request, result="0x" + keccak(raw).hex())


def _wrong_id(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    return ask(request) | {"id": request["id"] + 1_000_000}


def _error(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    """`value`: the message, or the whole error; the node sees nothing."""
    whole = rule.value if isinstance(rule.value, dict) else {"code": -32000, "message": rule.value}
    return with_id(request, error=whole)


def _error_after(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    """As `error`, of a request that the node has carried out."""
    ask(request)
    return _error(rule, proxy, ask, request)


def _null(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    return with_id(request, result=None)


def _shift(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    """`value` blocks behind: tags mean an older block. Numbers are so much higher or lower."""
    if request["method"] in ("eth_blockNumber", "eth_getTransactionCount"):
        answer = ask(request)
        return answer | {"result": hex(max(0, int(answer["result"], 16) + rule.value))}
    params = [_older(proxy, param, rule.value) for param in request["params"]]
    return ask(request | {"params": params})


def _older(proxy: Truth, param: Any, by: int) -> Any:
    if param not in ("latest", "safe", "finalized"):
        return param
    asked = {"jsonrpc": "2.0", "id": 0, "method": "eth_getBlockByNumber"}
    block = proxy.forward(asked | {"params": [param, False]})["result"]
    return hex(max(0, int(block["number"], 16) + by))


def _drop_logs(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    """`value` "all", or "wide": only of requests over more than one block."""
    asked = request["params"][0]
    if rule.value == "wide" and asked.get("fromBlock") == asked.get("toBlock"):
        return ask(request)
    return ask(request) | {"result": []}


def _delay(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    proxy.closing.wait(rule.value)
    return ask(request)


def _set(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    """`value`: a path such as "result.hash", and what stands there."""
    path, value = rule.value
    answer = ask(request)
    *way, last = path.split(".")
    place: Any = answer
    for step in way:
        place = place[step]
    place[last] = value
    return answer


def _lie(rule: Rule, proxy: Truth, ask: Ask, request: Message) -> Message:
    """`value`: a function of method, parameters and the true answer."""
    told: Message = rule.value(request["method"], request["params"], ask(request))
    return told


MODES: dict[str, Mode] = {
    "drop_after": _drop_after,
    "rst_before": _reset_before,
    "hang": _hang,
    "http": _http,
    "garbage": _garbage,
    "truncate": _truncate,
    "dup": _dup,
    "blackhole": _blackhole,
    "wrong_id": _wrong_id,
    "error": _error,
    "error_after": _error_after,
    "null": _null,
    "shift": _shift,
    "drop_logs": _drop_logs,
    "delay": _delay,
    "set": _set,
    "lie": _lie,
}
