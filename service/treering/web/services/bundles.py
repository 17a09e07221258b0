"""What the web asks for whoever wants to check where there is no network."""

from collections.abc import Sequence
from typing import Protocol

from treering.flow.verifying.bundle import Bundled


class Bundles(Protocol):
    """Bundles of the whole ledger, each at one final block."""

    def newest(self) -> Bundled:
        """BundleNotReady, or why none can be made."""

    def at(self, block: int) -> Bundled:
        """BundleNotHeld."""

    def signers(self) -> Sequence[str]:
        """The multikeys by which they may be signed."""
