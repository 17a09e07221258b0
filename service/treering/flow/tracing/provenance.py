"""Where things come from: one certificate's trace, and the search over all records."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from treering.domain.provenance.graph import Trace
from treering.domain.provenance.search import Cursor, Hit, Page, Question
from treering.domain.provenance.spot import Spot
from treering.flow.tracing.search import Searcher
from treering.flow.tracing.trace import Tracer
from treering.store.spots import spots


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the web's `ProvenanceServices` ask."""

    tracer: Tracer
    searcher: Searcher

    def trace(self, number: str) -> Trace:
        return self.tracer.trace(number)

    def page(
        self, question: Question, as_of: int | datetime | None, after: Cursor | None, limit: int
    ) -> Page:
        return self.searcher.page(question, as_of, after, limit)

    def every(self, question: Question, as_of: int | datetime | None) -> Iterator[Hit]:
        pin = self.searcher.pin(as_of)  # now, not when the first row is asked for
        return self.searcher.every(question, pin)

    def spots(self, question: Question) -> list[Spot]:
        with self.searcher.engine.connect() as connection:
            return spots(connection, question)
