"""Provenance without a database: a trace of what the fake books hold, a search that finds nothing.

Held to the real one by tests/web/test_provenance.py, which runs over both.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from tests.fakes.books import NOW
from tests.fakes.example import LOTS
from treering.domain.lot import Lot
from treering.domain.number import parse
from treering.domain.provenance.chain import traced
from treering.domain.provenance.clues import Clues
from treering.domain.provenance.graph import Trace
from treering.domain.provenance.search import Box, Cursor, Hit, Page, Pin, Question
from treering.domain.provenance.spot import Spot
from treering.domain.view import CertificateView, Network

DISPUTED = "ANT_FOREST-277"


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

    def spots(self, question: Question) -> list[Spot]:
        """Of the example's lots, those that a question for province, lot or unit leaves."""
        return [spot for spot in map(_spot, LOTS) if _fits(spot, question)]


def _spot(lot: Lot) -> Spot:
    return Spot(
        slug=lot.slug,
        programme=lot.programme,
        province=lot.adcode,
        province_en=lot.province_en,
        province_zh=lot.province_zh,
        site_en=lot.site_en,
        site_zh=lot.site_zh,
        species=lot.species.code,
        species_en=lot.species.en,
        species_zh=lot.species.zh,
        unit=lot.unit.name,
        year=lot.year,
        asked=lot.asked,
        disputes=int(lot.slug == DISPUTED),
        box=Box(105.0, 38.0, 105.2, 38.2) if lot.slug == DISPUTED else None,
    )


def _fits(spot: Spot, asked: Question) -> bool:
    return (
        asked.province in (None, spot.province)
        and asked.lot in (None, spot.slug)
        and asked.year in (None, spot.year)
        and (asked.provinces is None or spot.province in asked.provinces)
    )
