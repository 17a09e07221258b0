"""What the web asks about where things come from. `main` puts the real thing behind it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from treering.domain.provenance.graph import Trace
from treering.domain.provenance.search import Cursor, Hit, Page, Question
from treering.domain.provenance.spot import Spot

AsOf = int | datetime | None  # a final block, a moment, or the newest block


class ProvenanceServices(Protocol):
    """As in `Services`, every method raises the refusals of `errors`."""

    def trace(self, number: str) -> Trace:
        """NumberMistyped, CertificateNotFound."""

    def page(self, question: Question, as_of: AsOf, after: Cursor | None, limit: int) -> Page:
        """ChainNotFollowed, RequestMalformed, ChainUnavailable for a past block."""

    def every(self, question: Question, as_of: AsOf) -> Iterator[Hit]:
        """All that is found; refuses as `page` does, before the first."""

    def spots(self, question: Question) -> Sequence[Spot]:
        """The lots that fit, as they are now, for a map."""
