"""What the web asks about the mirrors of registries. `main` puts the real thing behind it."""

from datetime import date
from typing import Protocol

from treering.flow.mirroring.warden import Mirrored


class MirrorServices(Protocol):
    """Asked by whoever watches over the whole."""

    def mirrored(self, day: date | None = None) -> Mirrored:
        """Now, or with the heads that were held at the end of a day (UTC+8)."""
