"""What the web asks about where things come from. `main` puts the real thing behind it."""

from typing import Protocol

from treering.domain.provenance.graph import Trace


class ProvenanceServices(Protocol):
    """As in `Services`, every method raises the refusals of `errors`."""

    def trace(self, number: str) -> Trace:
        """NumberMistyped, CertificateNotFound."""
