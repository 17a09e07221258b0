"""What the auditor's console asks. `main` puts the real thing behind it."""

from collections.abc import Sequence
from typing import Protocol

from treering.domain.console import ConsoleView, LotBatches, RecordProof
from treering.domain.view import LotView


class ConsoleServices(Protocol):
    """As in `Services`, every method raises the refusals of `errors`."""

    def view(self, lots: Sequence[LotView]) -> ConsoleView:
        """A silent node leaves gaps."""

    def batches(self, slug: str, after: int) -> LotBatches:
        """Those that begin at serial `after` or later; LotNotFound."""

    def record(self, slug: str, serial: int) -> RecordProof:
        """LotNotFound, CertificateNotFound."""
