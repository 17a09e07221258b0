"""Whether the node answers for the chain and contract that our books belong to.

Pinned at first contact. Afterwards another chain, or one made anew, is refused; only an
embedded chain may be new, and that is said.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Engine

from treering.errors import WrongChain
from treering.store import identity
from treering.store.identity import Pin

_log = structlog.get_logger(__name__)


def check_identity(
    engine: Engine, found: Pin, *, embedded: bool, clock: Callable[[], datetime]
) -> bool:
    """Pin what was found, or hold it against what is pinned; WrongChain.

    True if an embedded chain is another than the pinned one.
    """
    with engine.begin() as connection:
        held = identity.pinned(connection)
        if held == found:
            return False
        if held is not None and not embedded:
            raise WrongChain(difference(held, found))
        if held is not None:
            _log.warning("the embedded chain is new", why=difference(held, found))
        identity.pin(connection, found, clock())
        return held is not None


def difference(held: Pin, found: Pin) -> str:
    """In words, for WrongChain."""
    names = ("chain id", "genesis block", "contract", "contract's code")
    pairs = zip(names, held, found, strict=True)
    differing = [f"{name} {_text(b)}, not {_text(a)}" for name, a, b in pairs if a != b]
    return "the node answers with " + "; ".join(differing)


def _text(value: object) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
