"""What the web asks for whoever wants a picture that carries its credential."""

from typing import Protocol


class Badges(Protocol):
    """Baked badges of Open Badges 3.0."""

    def png(self, number: str, shape: str) -> bytes:
        """As `Services.picture`."""

    def svg(self, number: str) -> bytes:
        """As `Services.credential`."""
