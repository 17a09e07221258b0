"""The issuer keys of a programme that are not ours any more: those that the contract's events
name, the retired ones among them. What a key may still vouch for, its times say.

A crowd of strangers' codes makes the node be asked once a while, whatever they hold.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from treering.domain.issuer_key import PUBLIC_BYTES, IssuerKey
from treering.flow.verifying.findings import NO_ANSWER

REMEMBERED_SECONDS = 60.0  # a key is listed long before the first certificate by it is printed

# Public keys by a programme's number, from the events up to the newest final block.
Ask = Callable[[int], Sequence[bytes]]


def listed(ask: Ask, programme: int) -> tuple[IssuerKey, ...] | None:
    """The Ed25519 keys that the chain has ever listed; None while it is silent."""
    try:
        held = ask(programme)
    except NO_ANSWER:
        return None
    return tuple(IssuerKey(public) for public in held if len(public) == PUBLIC_BYTES)


@dataclass
class KeyRing:
    """`now` counts seconds and never goes back; programmes that are not `known` ask nobody."""

    ask: Ask
    known: Callable[[int], bool]
    now: Callable[[], float] = time.monotonic
    _rings: dict[int, tuple[tuple[IssuerKey, ...] | None, float]] = field(
        default_factory=dict, init=False
    )

    def listed(self, programme: int) -> tuple[IssuerKey, ...] | None:
        """As the function of this name; what it found, or did not, is remembered a while."""
        if not self.known(programme):
            return None
        ring, until = self._rings.get(programme, (None, 0.0))
        if self.now() >= until:
            ring = listed(self.ask, programme) or ring
            self._rings[programme] = ring, self.now() + REMEMBERED_SECONDS
        return ring
