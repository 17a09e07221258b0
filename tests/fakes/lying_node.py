"""A node that passes every request on to a true one, and may lie about what it answered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.faults.misbehaviour import HttpStatus, Silence, with_id
from tests.faults.proxy import Proxy
from treering.chain import abi
from treering.chain.node import data

__all__ = ["Answer", "HttpStatus", "Lie", "Silence", "answering", "lying_node", "with_id"]

Answer = dict[str, Any]
# method, params, the true answer → what is said instead; raises Silence or HttpStatus(code)
Lie = Callable[[str, list[Any], Answer], Answer]


@contextmanager
def lying_node(truth: str, lie: Lie) -> Iterator[str]:
    """The URL of a node that tells what `lie` makes of the truth."""
    with Proxy(truth) as proxy:
        proxy.rule(".*", "lie", lie)
        yield proxy.url


def _answer_at(params: list[Any], answer: Answer, asked: bytes) -> int | None:
    """Where in the result's text the answer to this call's data begins, whether it was asked
    alone or with others (chain/many.py); None where it was not."""
    code = data(params[0]["data"])
    if "to" in params[0]:
        return 2 if code == asked else None
    told, at, reading = data(answer["result"]), int.from_bytes(code[1:3], "big"), 0
    while at < len(code):
        size = int.from_bytes(code[at : at + 2], "big")
        if code[at + 2 : at + 2 + size] == asked:
            return 2 + 2 * (reading + 32)
        at += 2 + size
        reading += 32 + int.from_bytes(told[reading : reading + 32], "big") % (1 << 255)
    return None


def answering(view: str, *arguments: object, word: int = 0) -> Lie:
    """What flips the last bit of one word that a view answers."""
    asked = abi.call_data(view, *arguments)

    def lie(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_call" and (at := _answer_at(params, answer, asked)) is not None:
            last, told = at + 64 * (word + 1) - 1, answer["result"]
            flipped = f"{int(told[last], 16) ^ 1:x}"
            return with_id(answer, result=told[:last] + flipped + told[last + 1 :])
        return answer

    return lie
