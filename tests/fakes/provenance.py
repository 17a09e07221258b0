"""Provenance without a database: a trace of what the fake books hold, a search that finds nothing.

Held to the real one by tests/web/test_provenance.py, which runs over both.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from tests.fakes.books import NOW
from treering.domain.number import parse
from treering.domain.provenance.chain import traced
from treering.domain.provenance.clues import Clues
from treering.domain.provenance.graph import Trace
from treering.domain.provenance.search import Cursor, Hit, Page, Pin, Question
from treering.domain.view import CertificateView, Network


@dataclass
class FakeProvenance:
    certificate: Callable[[str], CertificateView]
    network: Network

    def trace(self, number: str) -> Trace:
        view = self.certificate(number)
        return traced(
            Clues(
                number=number,
                tree=parse(number).tree,
                network=self.network,
                programme=view.programme,
                redemption=view.redemption,
                lot=view.lot,
                batch=view.batch,
                on_chain=None,
                mirror=None,
                partners=(),
                media=(),
                project=None,
                polygon=None,
                as_of=NOW,
            )
        )

    def page(
        self, question: Question, as_of: int | datetime | None, after: Cursor | None, limit: int
    ) -> Page:
        return Page(Pin(100, bytes(32), NOW), [], None)

    def every(self, question: Question, as_of: int | datetime | None) -> Iterator[Hit]:
        return iter(())
