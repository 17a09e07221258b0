"""Watch: what was final once must stay so.

The newest final block that was ever seen is kept with its hash. If a chain that is not our
own shows another block there, or the end of it is gone, everything halts until a person has
looked: no certificate of ours may rest on a chain that takes back its word.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy import Engine

from treering.errors import Diverged
from treering.store import identity

_log = structlog.get_logger(__name__)


class Block(Protocol):
    @property
    def number(self) -> int: ...
    @property
    def hash(self) -> bytes: ...


class Blocks(Protocol):
    """A node's blocks; ChainUnavailable when it is silent."""

    def final_block(self) -> Block: ...
    def newest_block(self) -> Block: ...
    def block(self, number: int) -> Block: ...


@dataclass(frozen=True, slots=True)
class Watch:
    """`recover` is run when an embedded chain lost its end; no other may."""

    engine: Engine
    blocks: Blocks
    embedded: bool
    recover: Callable[[], object]
    clock: Callable[[], datetime]

    def step(self) -> bool:
        """Hold the chain against the final block kept, and keep a newer one; Diverged.

        ChainUnavailable where nobody can say what is final: the block kept was looked at even
        so. Never counts as work.
        """
        with self.engine.connect() as connection:
            held = identity.final_seen(connection)
        why = self._broken(*held) if held else None
        if why:
            self._act(why)
        final = self.blocks.final_block()
        if held and not why and final.number <= held[0]:
            return False
        with self.engine.begin() as connection:
            identity.keep_final(connection, final.number, final.hash)
        return False

    def _broken(self, number: int, block_hash: bytes) -> str | None:
        """How the chain broke its word; None if the block stands, or the node only lags."""
        head = self.blocks.newest_block().number
        if head < number:
            # Our own node is the only one of its chain: it does not lag.
            return f"the chain ends at {head}, block {number} was final" if self.embedded else None
        found = self.blocks.block(number).hash
        if found == block_hash:
            return None
        return f"block {number} was final as 0x{block_hash.hex()} and is 0x{found.hex()} now"

    def _act(self, why: str) -> None:
        if self.embedded:
            _log.warning("the embedded chain lost its end", why=why)
            self.recover()
            return
        with self.engine.begin() as connection:
            identity.halt(connection, why, self.clock())
        raise Diverged(f"{why}; nothing is minted until a person has looked")
