"""Places of exports, taken by others."""

from collections.abc import Iterator
from contextlib import contextmanager

from treering.web import exports


@contextmanager
def taken(places: int) -> Iterator[None]:
    """By as many callers."""
    callers = [f"key {number}" for number in range(places)]
    for caller in callers:
        exports.PLACES.take(caller)
    try:
        yield
    finally:
        for caller in callers:
            exports.PLACES.leave(caller)
