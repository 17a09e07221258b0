"""A node that passes every request on to a true one, and may lie about what it answered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.faults.misbehaviour import HttpStatus, Silence, with_id
from tests.faults.proxy import Proxy

__all__ = ["Answer", "HttpStatus", "Lie", "Silence", "lying_node", "with_id"]

Answer = dict[str, Any]
# method, params, the true answer → what is said instead; raises Silence or HttpStatus(code)
Lie = Callable[[str, list[Any], Answer], Answer]


@contextmanager
def lying_node(truth: str, lie: Lie) -> Iterator[str]:
    """The URL of a node that tells what `lie` makes of the truth."""
    with Proxy(truth) as proxy:
        proxy.rule(".*", "lie", lie)
        yield proxy.url
