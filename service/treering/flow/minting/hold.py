"""Hold: one programme's minting waits while its minter is not fit for it; all others go on.

A wallet is empty, a role or a key is missing: that is said, and looked at again until nothing
is in the way. Once minting has begun, whatever befalls it is minting's own to tell.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from treering.domain.checkup import Sign

_log = structlog.get_logger(__name__)
Step = Callable[[], bool]


@dataclass
class Hold:
    """`unfit` says what is in the way of a programme, `begin` opens its key and mints."""

    programme: str
    unfit: Callable[[str], Sign | None]
    begin: Callable[[str], Step]
    _step: Step | None = field(default=None, init=False)
    _told: str | None = field(default=None, init=False)

    def is_held(self) -> bool:
        return self._step is None

    def look(self) -> None:
        """Whether minting may begin, until it has; ChainUnavailable, NodeRefused."""
        if self._step is not None:
            return
        if sign := self.unfit(self.programme):
            self._tell(sign)
            return
        self._step = self.begin(self.programme)
        if self._told:
            _log.info("goes on", programme=self.programme, topic="held")

    def step(self) -> bool:
        """A step of its minting; False while it is held."""
        return self._step() if self._step else False

    def _tell(self, sign: Sign) -> None:
        """Once for each reason."""
        if self._told != sign.said:
            self._told = sign.said
            why, advice = f"{self.programme}: {sign.said}", sign.advice
            fields = {"programme": self.programme, "code": sign.code}
            _log.error("minting held", why=why, advice=advice, **fields)
