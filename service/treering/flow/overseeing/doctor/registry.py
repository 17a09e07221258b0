"""The registry's mirror, where one is followed: there, and not too old to be believed.

Never more than a warning: a silent registry must not stop minting.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import Engine

from treering.domain.checkup import Sign
from treering.flow.mirroring import state as mirror_state
from treering.flow.verifying.interconnect import MIRROR_MAX_AGE

_SYNC = "treering mirror sync says what stands in the way"


def signs(engine: Engine, feed: str, clock: Callable[[], datetime]) -> Iterator[Sign]:
    """`feed` is the log's origin."""
    found = mirror_state.status(engine, feed, clock)
    if found is None:
        yield Sign.warn("mirror", f"nothing of {feed} is held yet", _SYNC)
        return
    said = f"{found.held.head.size} entries of {feed}, {found.age} old"
    if found.age > MIRROR_MAX_AGE:
        yield Sign.warn("mirror", f"{said}; {MIRROR_MAX_AGE} are tolerated", _SYNC)
    elif why := _behind(engine, feed):
        yield Sign.warn("mirror", why, _SYNC)
    else:
        yield Sign.ok("mirror", said)


def _behind(engine: Engine, feed: str) -> str | None:
    with engine.connect() as connection:
        return mirror_state.behind(connection, feed)
